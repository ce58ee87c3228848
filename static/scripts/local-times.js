// Times come in UTC, the same for everybody; here they become the reader's own.

import { onMessage } from './message-observer.js'

const short = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })
const long = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' })

const localise = (message) => {
  const time = message.querySelector('time')
  const at = new Date(time.dateTime)
  time.title = long.format(at)
  // In a kept room it is a link to the message.
  const element = time.firstElementChild ?? time
  element.textContent = short.format(at)
}

onMessage(localise)
