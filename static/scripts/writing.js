// Brings, with the first letter that somebody types, what is there for those who write.

import { onMessage } from './arrivals.js'
import { withLater } from './fetch-later.js'
import { form, log } from './page.js'

log.addEventListener('typing', ({ detail }) => {
  const who = JSON.parse(detail.data)
  if (who.tag !== log.dataset.me) withLater(({ showTyping }) => showTyping(who, onMessage))
})

form.addEventListener('input', () => {
  withLater(({ showPending, tellLeft, tellTyping }) => {
    tellLeft(form)
    showPending(form, log, onMessage)
    tellTyping(form)
  })
})
