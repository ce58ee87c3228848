// Loads the parts that only a writer needs, with the first letter that is typed.

import { withLazy } from './load-lazy.js'
import { onMessage } from './message-observer.js'
import { form, log } from './room-elements.js'

form.addEventListener('input', () => {
  withLazy(({ showPending, showBytesLeft, sendTyping }) => {
    showBytesLeft(form)
    showPending(form, log, onMessage)
    sendTyping(form)
  })
})
