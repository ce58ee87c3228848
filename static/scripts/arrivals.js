// What comes into the log, told to all who have something to do with it.

import { log } from './page.js'

const listeners = []

/** Calls `listener` with each message, once it stands in the log. */
export const onMessage = (listener) => {
  listeners.push(listener)
}

new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) {
      if (node.matches?.('.message')) for (const listener of listeners) listener(node)
    }
  }
}).observe(log, { childList: true })
