// Shows times in the reader's time zone. The server sends UTC, the same bytes for everybody.

import { onMessage } from './message-observer.js'

const short = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })
const long = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' })

const localise = (message) => {
  const time = message.querySelector('time')
  const at = new Date(time.dateTime)
  time.title = long.format(at)
  // In a kept room the time contains a link to the message.
  const element = time.firstElementChild ?? time
  element.textContent = short.format(at)
}

onMessage(localise)
