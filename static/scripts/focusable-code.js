// Makes code blocks focusable, so that the keyboard can scroll them.

import { onMessage } from './message-observer.js'

onMessage((message) => {
  for (const block of message.querySelectorAll('pre')) block.tabIndex = 0
})
