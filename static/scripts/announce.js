// Screen readers announce each message when it comes, and nothing of what a stream's opening replays,
// nor of history.

import { onMessage } from './message-observer.js'
import { log } from './room-elements.js'

/** A screen reader is told of changes a moment after they are made. */
const ANNOUNCE_DELAY_MS = 50

/** Blocks of replay that are still to come. */
let replaysLeft = 0

const updateAriaLive = () => {
  log.ariaLive = replaysLeft > 0 ? 'off' : 'polite'
}

log.addEventListener('open', ({ detail }) => {
  replaysLeft = Number(detail.data)
  updateAriaLive()
})
log.addEventListener('htmx:after:swap', ({ target }) => {
  if (target === log && replaysLeft > 0 && --replaysLeft === 0) setTimeout(updateAriaLive, ANNOUNCE_DELAY_MS)
})
// Whatever the log says by then.
onMessage((message, isHistory) => {
  if (replaysLeft > 0 || isHistory) message.ariaLive = 'off'
})
