// Passes each message that is added to the log to all listeners.

import { log } from './room-elements.js'

const listeners = []

/** The newest message in the log. */
let newest

/**
 * Calls `listener` with each message in the log, and with whether it is history: it was in the page from the start, or
 * was loaded as an older message. History must not be announced as new.
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

// After all scripts of the page have added their listeners.
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
