// Completes @names of people who are here: arrows choose, Enter and Tab insert, Escape closes.

import { beginningOfMention } from '../../../src/chat/mentions/find-mentions.ts'
import { roomUrl } from '../room-url.js'

let form
let list
let chosen = 0

/** The number of the newest lookup. Responses to older ones are dropped. */
let lookups = 0

const field = () => form.elements.namedItem('text')

const typedName = () => beginningOfMention(field().value.slice(0, field().selectionStart))

const close = () => {
  lookups++
  list.hidden = true
  list.replaceChildren()
  field().removeAttribute('aria-activedescendant')
}

const choose = (index) => {
  const { children } = list
  chosen = (index + children.length) % children.length
  for (const [at, option] of [...children].entries()) option.ariaSelected = at === chosen
  field().setAttribute('aria-activedescendant', children[chosen].id)
}

const insertName = (option) => {
  const { selectionStart: end } = field()
  field().setRangeText(`${option.dataset.name} `, end - typedName().length, end, 'end')
  close()
  field().focus()
  field().dispatchEvent(new Event('input', { bubbles: true }))
}

const showOptions = (people) => {
  list.replaceChildren(
    ...people.map(({ name, tag }) => {
      const option = document.createElement('li')
      const label = document.createElement('bdi')
      label.textContent = name
      option.append(label)
      option.role = 'option'
      option.id = `mention-${tag}`
      option.dataset.name = name
      return option
    }),
  )
  list.hidden = people.length === 0
  if (people.length > 0) choose(0)
}

const lookUp = async () => {
  const beginning = typedName()
  if (beginning === undefined) return close()
  const lookup = ++lookups
  try {
    const query = new URLSearchParams({ beginning })
    const headers = { Accept: 'application/json' }
    const response = await fetch(roomUrl(`people?${query}`), { headers })
    const { people } = await response.json()
    const { ownTag } = document.getElementById('log').dataset
    if (lookup === lookups) showOptions(people.filter(({ tag }) => tag !== ownTag))
  } catch {
    if (lookup === lookups) close()
  }
}

const handleKey = (event) => {
  if (list.hidden) return
  const { key } = event
  if (key === 'ArrowDown') choose(chosen + 1)
  else if (key === 'ArrowUp') choose(chosen - 1)
  else if ((key === 'Enter' || key === 'Tab') && !event.shiftKey) insertName(list.children[chosen])
  else if (key === 'Escape') close()
  else return
  event.preventDefault()
  event.stopPropagation()
}

/** Offers names while a mention is typed. A second call does nothing. */
export const completeNames = (composer) => {
  if (form) return
  form = composer
  list = document.createElement('ul')
  list.id = 'mention-options'
  list.className = 'mention-options'
  list.role = 'listbox'
  list.ariaLabel = 'Who is here'
  list.hidden = true
  form.append(list)
  field().setAttribute('aria-controls', list.id)
  field().setAttribute('aria-autocomplete', 'list')
  form.addEventListener('input', lookUp)
  form.addEventListener('keydown', handleKey, true)
  form.addEventListener('htmx:config:request', close)
  form.addEventListener('focusout', close)
  // A press would take the focus from the field, which closes the list.
  list.addEventListener('pointerdown', (event) => event.preventDefault())
  list.addEventListener('click', ({ target }) => insertName(target.closest('li')))
  lookUp()
}
