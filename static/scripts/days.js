// A line wherever a new day begins, by the reader's own clock, whether messages come below or from above.

import { onMessage } from './arrivals.js'
import { lineBefore } from './line.js'

const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' })
const lines = new WeakMap()

const beside = (message, way) => {
  let other = message[way]
  while (other && !other.matches('.message')) other = other[way]
  return other
}

const at = (message) => new Date(message.querySelector('time').dateTime)

const join = (message) => {
  if (!message) return
  const before = beside(message, 'previousElementSibling')
  const day = format.format(at(message))
  lines.get(message)?.remove()
  if (!before || format.format(at(before)) !== day) lines.set(message, lineBefore(message, 'day', day))
}

onMessage((message) => {
  join(message)
  join(beside(message, 'nextElementSibling'))
})
