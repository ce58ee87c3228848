// What scrolls inside itself does so by the keyboard too.

import { onMessage } from './message-observer.js'

onMessage((message) => {
  for (const block of message.querySelectorAll('pre')) block.tabIndex = 0
})
