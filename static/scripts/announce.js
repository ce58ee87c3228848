// Screen readers announce each message when it comes, and nothing of what a stream's opening replays,
// nor of history.

import { onMessage } from './arrivals.js'
import { log } from './page.js'

/** A screen reader is told of changes a moment after they are made. */
const TOLD_MS = 50

/** Blocks of replay that are still to come. */
let left = 0

const set = () => {
  log.ariaLive = left > 0 ? 'off' : 'polite'
}

log.addEventListener('open', ({ detail }) => {
  left = Number(detail.data)
  set()
})
log.addEventListener('htmx:after:swap', ({ target }) => {
  if (target === log && left > 0 && --left === 0) setTimeout(set, TOLD_MS)
})
// Whatever the log says by then.
onMessage((message, past) => {
  if (left > 0 || past) message.ariaLive = 'off'
})
