// Completes @names from those who are here: arrows choose, Enter and Tab take, Escape closes.

import { roomUrl } from '../ticket.js'

const CALL = /(?:^|\s)@([^@\n]{0,32})$/u

let form
let list
let chosen = 0

/** Each look is one question; answers to older ones are late. */
let looks = 0

const field = () => form.elements.namedItem('text')

const typed = () => CALL.exec(field().value.slice(0, field().selectionStart))?.[1]

const close = () => {
  looks++
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

const take = (option) => {
  const { selectionStart: end } = field()
  field().setRangeText(`${option.dataset.name} `, end - typed().length, end, 'end')
  close()
  field().focus()
  field().dispatchEvent(new Event('input', { bubbles: true }))
}

const offer = (people) => {
  list.replaceChildren(
    ...people.map(({ name, tag }) => {
      const option = document.createElement('li')
      const shown = document.createElement('bdi')
      shown.textContent = name
      option.append(shown)
      option.role = 'option'
      option.id = `call-${tag}`
      option.dataset.name = name
      return option
    }),
  )
  list.hidden = people.length === 0
  if (people.length > 0) choose(0)
}

const look = async () => {
  const beginning = typed()
  if (beginning === undefined) return close()
  const mine = ++looks
  try {
    const query = new URLSearchParams({ beginning })
    const headers = { Accept: 'application/json' }
    const answer = await fetch(roomUrl(`people?${query}`), { headers })
    const { people } = await answer.json()
    const { me } = document.getElementById('log').dataset
    if (mine === looks) offer(people.filter(({ tag }) => tag !== me))
  } catch {
    if (mine === looks) close()
  }
}

const press = (event) => {
  if (list.hidden) return
  const { key } = event
  if (key === 'ArrowDown') choose(chosen + 1)
  else if (key === 'ArrowUp') choose(chosen - 1)
  else if ((key === 'Enter' || key === 'Tab') && !event.shiftKey) take(list.children[chosen])
  else if (key === 'Escape') close()
  else return
  event.preventDefault()
  event.stopPropagation()
}

/** Offers names from now on, while a call is being typed. */
export const completeNames = (composer) => {
  if (form) return
  form = composer
  list = document.createElement('ul')
  list.id = 'calls'
  list.className = 'calls'
  list.role = 'listbox'
  list.ariaLabel = 'Who is here'
  list.hidden = true
  form.append(list)
  field().setAttribute('aria-controls', list.id)
  field().setAttribute('aria-autocomplete', 'list')
  form.addEventListener('input', look)
  form.addEventListener('keydown', press, true)
  form.addEventListener('htmx:config:request', close)
  form.addEventListener('focusout', close)
  // A press would take the focus from the field, and the list with it.
  list.addEventListener('pointerdown', (event) => event.preventDefault())
  list.addEventListener('click', ({ target }) => take(target.closest('li')))
  look()
}
