// Screen readers announce each new message, but no replayed messages and no history.

import { onMessage } from './message-observer.js'
import { log } from './room-elements.js'

/** Browsers report changes to screen readers a moment after they are made. */
const ANNOUNCE_DELAY_MS = 50

/** How many replayed blocks are still to come. */
let replayLeft = 0

const updateAriaLive = () => {
  log.ariaLive = replayLeft > 0 ? 'off' : 'polite'
}

log.addEventListener('open', ({ detail }) => {
  replayLeft = Number(detail.data)
  updateAriaLive()
})
log.addEventListener('htmx:after:swap', ({ target }) => {
  if (target === log && replayLeft > 0 && --replayLeft === 0) setTimeout(updateAriaLive, ANNOUNCE_DELAY_MS)
})
// The log may be polite again by the time that the browser reports this message.
onMessage((message, isHistory) => {
  if (replayLeft > 0 || isHistory) message.ariaLive = 'off'
})
