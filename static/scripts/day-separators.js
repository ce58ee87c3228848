// Inserts a line where a new day begins in the reader's time zone, for new messages and for history.

import { insertNotice } from './insert-notice.js'
import { onMessage } from './message-observer.js'

const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' })
const separators = new WeakMap()

const nearestMessage = (message, direction) => {
  let other = message[direction]
  while (other && !other.matches('.message')) other = other[direction]
  return other
}

const dateOf = (message) => new Date(message.querySelector('time').dateTime)

const updateSeparator = (message) => {
  if (!message) return
  const before = nearestMessage(message, 'previousElementSibling')
  const day = format.format(dateOf(message))
  separators.get(message)?.remove()
  if (!before || format.format(dateOf(before)) !== day)
    separators.set(message, insertNotice(message, 'day', day))
}

onMessage((message) => {
  updateSeparator(message)
  updateSeparator(nearestMessage(message, 'nextElementSibling'))
})
