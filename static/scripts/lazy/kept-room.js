// A kept room: its messages can be changed by who may, and where older ones come above, those of one author read as one.

import { editMessage } from './edit-message.js'

/** As the server says which messages read as one. */
const GROUP_MS = 300_000

const timeOf = (message) => Date.parse(message.querySelector('time').dateTime)

// Of what reads as one all but the first hide it: what it says must be the same.
const authorLine = (message) => message.querySelector('b').textContent

/** Calls its result with each message from above; the one that follows the last of them may be of one breath with it. */
const groupWithFollowing = (root) => {
  // Without its name a message is lower: nobody sees that above the view alone.
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, boundingClientRect, rootBounds } of entries) {
        if (boundingClientRect.bottom > rootBounds.top) continue
        target.classList.add('grouped')
        observer.unobserve(target)
      }
    },
    { root },
  )
  return (message) => {
    const after = message.nextElementSibling
    if (
      after?.dataset.by !== message.dataset.by ||
      authorLine(after) !== authorLine(message) ||
      after.matches('.grouped')
    )
      return
    if (timeOf(after) - timeOf(message) < GROUP_MS) observer.observe(after)
  }
}

/** Whether the reader may change it; nobody changes what is deleted. */
export const mayChange = (message) => {
  const { kept, ownTag } = message.closest('#log').dataset
  const isAllowed = kept === 'owner' || (kept && message.dataset.by === ownTag)
  return isAllowed && !message.querySelector('.deleted')
}

const makeEditable = (message) => {
  const author = message.querySelector('b > bdi')
  if (author.role === 'button' || !mayChange(message)) return
  // The keyboard comes by the message: see keyboard-navigation.js.
  author.tabIndex = -1
  author.role = 'button'
  author.ariaLabel = `${author.textContent}: change?`
}

/** Begins to; once it has, nothing happens. */
export const enableKeptRoom = (log, onMessage) => {
  const groupNext = groupWithFollowing(log.closest('.scroller'))
  const handleMessage = (message, isHistory) => {
    makeEditable(message)
    if (isHistory) groupNext(message)
  }
  for (const message of log.querySelectorAll('.message')) handleMessage(message)
  onMessage(handleMessage)
  log.addEventListener('click', ({ target }) => {
    const message = target.closest('.message > div')?.parentElement
    // Not where a link was meant, or a text was selected.
    if (message && mayChange(message) && !target.closest('a') && getSelection().isCollapsed)
      message.querySelector('b > bdi').click()
  })
  document.getElementById('composer')?.addEventListener('keydown', (event) => {
    const { key, target } = event
    if (key !== 'ArrowUp' || target.id !== 'text' || target.value !== '') return
    const last = [...log.querySelectorAll(`[data-by="${log.dataset.ownTag}"].message`)].findLast(mayChange)
    if (!last) return
    event.preventDefault()
    editMessage(last)
  })
}
