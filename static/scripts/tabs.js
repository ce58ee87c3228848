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

// Later versions of HTTP carry all streams in one connection.
const { nextHopProtocol } = performance.getEntriesByType('navigation')[0] ?? {}
const isOne = /^h[23]/.test(nextHopProtocol)

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

const rest = () => {
  pause('tabs')
  mark('paused', '⏸ ')
}

const wake = () => {
  goOn('tabs')
  mark('paused', '')
}

/** Tells the others. Whoever calls has them tell too. */
const tell = (more) => {
  channel?.postMessage({ id, at: seen(), ...more })
}

const listen = () => {
  others.clear()
  clearTimeout(waiting)
  waiting = setTimeout(() => isBeyond() || wake(), ANSWERS_MS)
}

const call = (more) => {
  listen()
  tell({ calls: true, ...more })
}

const hear = ({ data }) => {
  if (data.calls) {
    listen()
    tell()
  }
  if (!data.leaves) others.set(data.id, data.at)
  if (isBeyond()) rest()
}

const look = () => {
  seenAt = Date.now()
  if (!document.hidden) wake()
  call()
}

const join = () => {
  goOn('away')
  if (isOne) return
  try {
    channel ??= new BroadcastChannel('tabs')
    channel.onmessage = hear
    call()
  } catch {
    // A browser that lets nothing be stored may not let its tabs talk either.
  }
}

// A page that the browser keeps for its way back, or freezes, must not hold what others need.
const leave = () => {
  pause('away')
  call({ leaves: true })
  channel?.close()
  channel = undefined
}

for (const name of ['visibilitychange', 'focus', 'blur']) addEventListener(name, look)
for (const name of ['pageshow', 'resume']) addEventListener(name, join, true)
for (const name of ['pagehide', 'freeze']) addEventListener(name, leave, true)
join()
