// Times come in UTC, the same for everybody; here they become the reader's own.

import { onMessage } from './arrivals.js'

const short = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })
const long = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' })

const localise = (message) => {
  const time = message.querySelector('time')
  const at = new Date(time.dateTime)
  time.title = long.format(at)
  // In a kept room it is a link to the message.
  const shown = time.firstElementChild ?? time
  shown.textContent = short.format(at)
}

onMessage(localise)
