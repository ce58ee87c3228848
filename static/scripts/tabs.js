// HTTP/1.1 gives a browser six connections to a server, for all its tabs together: streams must leave some for pages and
// posts. The four rooms that were seen last keep theirs; a hidden one beyond them lets go until it is shown. Whenever a
// tab comes, goes, is shown or hidden, all tell when they were seen, and each knows what becomes of it. Only events
// drive this: the timers of hidden tabs rest, and crashed tabs answer nothing.

import { goOn, pause } from './connection.js'
import { mark } from './title.js'

/** That many later seen ones are enough for a room to let go: for a hidden one, and for one shown beside them. */
const HIDDEN_MAX = 4
const SHOWN_MAX = 5

/** By then all have answered; where they are slower, what they say puts right what came of it. */
const ANSWERS_MS = 1000

/** Later than any time. */
const SHOWN = 1e15

const id = Math.random()
const others = new Map()

let seenAt = Date.now()
let channel
let waiting

/** When this tab was seen, as a number: those in focus last of all, then other shown ones, then hidden ones. */
const seen = () => (document.hidden ? 0 : document.hasFocus() ? 2 * SHOWN : SHOWN) + seenAt

const isBeyond = () => {
  const me = seen()
  const later = [...others].filter(([other, at]) => at > me || (at === me && other > id))
  return later.length >= (document.hidden ? HIDDEN_MAX : SHOWN_MAX)
}

const goOnAgain = () => {
  goOn('tabs')
  mark('paused', '')
}

const lookAgain = () => {
  clearTimeout(waiting)
  waiting = setTimeout(() => {
    if (!isBeyond()) goOnAgain()
  }, ANSWERS_MS)
}

const tell = (more) => channel?.postMessage({ id, at: seen(), ...more })

/** Tells, and has all others tell. */
const call = (more) => {
  others.clear()
  tell({ calls: true, ...more })
  lookAgain()
}

const hear = ({ data }) => {
  if (data.calls) {
    others.clear()
    tell()
    lookAgain()
  }
  if (!data.leaves) others.set(data.id, data.at)
  if (!isBeyond()) return
  pause('tabs')
  mark('paused', '⏸ ')
}

const isSeen = () => {
  seenAt = Date.now()
  if (!document.hidden) goOnAgain()
  call()
}

const join = () => {
  try {
    channel ??= new BroadcastChannel('tabs')
    channel.onmessage = hear
    call()
  } catch {
    // A browser that lets nothing be stored may not let its tabs talk either.
  }
}

// Closed while the browser keeps the page for its way back: else it would not keep it.
const leave = () => {
  call({ leaves: true })
  channel?.close()
  channel = undefined
}

// Later versions of HTTP carry all streams in one connection.
const { nextHopProtocol } = performance.getEntriesByType('navigation')[0] ?? {}
if (document.getElementById('log') && !/^h[23]/.test(nextHopProtocol)) {
  for (const name of ['visibilitychange', 'focus', 'blur']) addEventListener(name, isSeen)
  addEventListener('pageshow', join)
  addEventListener('pagehide', leave)
  document.addEventListener('resume', join)
  document.addEventListener('freeze', leave)
  join()
}
