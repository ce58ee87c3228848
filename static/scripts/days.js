// A line wherever a new day begins, by the reader's own clock.

import { onMessage } from './arrivals.js'

const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' })

let last = ''

const separate = (message) => {
  const day = format.format(new Date(message.querySelector('time').dateTime))
  if (day === last) return
  last = day
  const line = document.createElement('p')
  line.className = 'line day'
  line.ariaLive = 'off'
  line.textContent = day
  message.before(line)
}

onMessage(separate)
