// A kept room: its messages can be changed by who may, and where older ones come above, those of one author read as one.

import { change } from './change.js'

/** As the server says which messages read as one. */
const BREATH_MS = 300_000

const at = (message) => Date.parse(message.querySelector('time').dateTime)

// Of what reads as one all but the first hide it: what it says must be the same.
const head = (message) => message.querySelector('b').textContent

/** Calls its result with each message from above; the one that follows the last of them may be of one breath with it. */
const joinSeams = (root) => {
  // Without its name a message is lower: nobody sees that above the view alone.
  const seams = new IntersectionObserver(
    (entries) => {
      for (const { target, boundingClientRect, rootBounds } of entries) {
        if (boundingClientRect.bottom > rootBounds.top) continue
        target.classList.add('next')
        seams.unobserve(target)
      }
    },
    { root },
  )
  return (message) => {
    const after = message.nextElementSibling
    if (after?.dataset.by !== message.dataset.by || head(after) !== head(message) || after.matches('.next'))
      return
    if (at(after) - at(message) < BREATH_MS) seams.observe(after)
  }
}

/** Whether the reader may change it; nobody changes what is deleted. */
export const mayChange = (message) => {
  const { kept, me } = message.closest('#log').dataset
  const may = kept === 'owner' || (kept && message.dataset.by === me)
  return may && !message.querySelector('.deleted')
}

const offer = (message) => {
  const author = message.querySelector('b > bdi')
  if (author.role === 'button' || !mayChange(message)) return
  // The keyboard comes by the message: see walk.js.
  author.tabIndex = -1
  author.role = 'button'
  author.ariaLabel = `${author.textContent}: change?`
}

/** Begins to; once it has, nothing happens. */
export const keep = (log, onMessage) => {
  const join = joinSeams(log.closest('.scroller'))
  const take = (message, past) => {
    offer(message)
    if (past) join(message)
  }
  for (const message of log.querySelectorAll('.message')) take(message)
  onMessage(take)
  log.addEventListener('click', ({ target }) => {
    const message = target.closest('.message > div')?.parentElement
    // Not where a link was meant, or a text was selected.
    if (message && mayChange(message) && !target.closest('a') && getSelection().isCollapsed)
      message.querySelector('b > bdi').click()
  })
  document.getElementById('composer')?.addEventListener('keydown', (event) => {
    const { key, target } = event
    if (key !== 'ArrowUp' || target.id !== 'text' || target.value !== '') return
    const last = [...log.querySelectorAll(`[data-by="${log.dataset.me}"].message`)].findLast(mayChange)
    if (!last) return
    event.preventDefault()
    change(last)
  })
}
