// A line wherever a new day begins, by the reader's own clock.

import { onMessage } from './arrivals.js'
import { lineBefore } from './line.js'

const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' })

let last = ''

onMessage((message) => {
  const day = format.format(new Date(message.querySelector('time').dateTime))
  if (day !== last) lineBefore(message, 'day', day)
  last = day
})
