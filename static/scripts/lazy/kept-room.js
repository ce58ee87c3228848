// A kept room: messages can be changed by their author and the owner, and older messages that are loaded join the group
// of the same author below them.

import { isTagOf, selectByTag } from '../tags.js'
import { editMessage } from './edit-message.js'

/** The same as GROUP_WINDOW_MS in the server's `message-group.ts`. */
const GROUP_MS = 300_000

const timeOf = (message) => Date.parse(message.querySelector('time').dateTime)

// In a group, only the first message shows this line: it must be the same in all of them.
const authorLine = (message) => message.querySelector('b').textContent

/** @returns a function to call with each older message: it groups the message below with it if they belong together */
const groupWithFollowing = (root) => {
  // A message without its name is less high: only above the view nobody sees the change.
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

/** Whether the reader may change the message: its author and the owner may, until it is deleted. */
export const mayChange = (message) => {
  const { kept, ownTag } = message.closest('#log').dataset
  const isAllowed = kept === 'owner' || (kept && isTagOf(ownTag, message.dataset.by))
  return isAllowed && !message.querySelector('.deleted')
}

const makeEditable = (message) => {
  const author = message.querySelector('b > bdi')
  if (author.role === 'button' || !mayChange(message)) return
  // The keyboard reaches the name through the message: see keyboard-navigation.js.
  author.tabIndex = -1
  author.role = 'button'
  author.ariaLabel = `${author.textContent}: change?`
}

/** Enables both. Must be called only once. */
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
    // A click on a link, or the end of a selection, does not open the actions.
    if (message && mayChange(message) && !target.closest('a') && getSelection().isCollapsed)
      message.querySelector('b > bdi').click()
  })
  document.getElementById('composer')?.addEventListener('keydown', (event) => {
    const { key, target } = event
    if (key !== 'ArrowUp' || target.id !== 'text' || target.value !== '') return
    const last = [...log.querySelectorAll(`.message${selectByTag(log.dataset.ownTag)}`)].findLast(mayChange)
    if (!last) return
    event.preventDefault()
    editMessage(last)
  })
}
