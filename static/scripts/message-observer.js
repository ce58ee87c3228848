// What comes into the log, told to all who have something to do with it.

import { log } from './room-elements.js'

const listeners = []

/** The last message that came. */
let newest

/**
 * Calls `listener` with each message, once it stands in the log, and with whether it is history: there since the page
 * began, or brought from before. Nobody is to be told of that as if it were new.
 */
export const onMessage = (listener) => {
  listeners.push(listener)
}

const handleAdded = (message) => {
  const isHistory =
    newest?.isConnected && message.compareDocumentPosition(newest) & Node.DOCUMENT_POSITION_FOLLOWING
  if (!isHistory) newest = message
  notify(message, Boolean(isHistory))
}

const notify = (message, isHistory) => {
  for (const listener of listeners) listener(message, isHistory)
}

// When all who listen from the beginning do.
queueMicrotask(() => {
  for (const message of log.querySelectorAll('.message')) {
    newest = message
    notify(message, true)
  }
})

new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) if (node.matches?.('.message')) handleAdded(node)
  }
}).observe(log, { childList: true })
