// Brings, with the first letter that is typed, what is there for those who write.

import { onMessage } from './arrivals.js'
import { withLater } from './fetch-later.js'
import { form, log } from './page.js'

form.addEventListener('input', () => {
  withLater(({ showPending, tellLeft, tellTyping }) => {
    tellLeft(form)
    showPending(form, log, onMessage)
    tellTyping(form)
  })
})
