// HTTP/1.1 gives a browser six connections to a server, for all its tabs together, or for all frames in the pages of one
// site: streams must leave some for pages and posts. The four rooms that were seen last keep theirs. Those beyond them
// let go: hidden ones until they are shown, shown ones take turns. Whenever a tab comes, goes, is shown or hidden, all
// tell when they were seen, and each knows what becomes of it. Only events drive this: the timers of hidden tabs rest,
// and crashed tabs answer nothing.

import { goOn, pause, takeTurn } from './connection.js'
import { isAlone, isCrowded } from './crowd.js'
import { isShown, onShown } from './shown.js'
import { mark } from './title.js'

/** That many later seen ones are enough for a room to let go. */
const MAX = 4

/** By then all have answered; where they are slower, what they say puts right what came of it. */
const ANSWERS_MS = 1000

const ALONE_LOOK_MS = 1000

/** So soon the next turn comes. A vanishing room remembers for far longer. */
const TURN_MS = 2500

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
let turns

/** How much is seen of it: those in focus last of all, then others in view, then those of a page that is shown. */
const rank = () => {
  if (document.hidden) return 0
  if (document.hasFocus()) return 3
  return isShown() ? 2 : 1
}

/** When this tab was seen, as a number. */
const seen = () => rank() * SHOWN + seenAt

const isBeyond = () => {
  if (isAlone) return document.hidden || (isCrowded(MAX) && !document.hasFocus())
  const me = seen()
  const later = [...others].filter(([other, at]) => at > me || (at === me && other > id))
  return later.length >= MAX
}

const endTurns = () => {
  clearInterval(turns)
  turns = undefined
}

const rest = () => {
  pause('tabs')
  mark('paused', '⏸ ')
  if (document.hidden) endTurns()
  else if (turns === undefined) {
    turns = setInterval(takeTurn, TURN_MS * (0.9 + Math.random() * 0.2), 'tabs')
    takeTurn('tabs')
  }
}

const wake = () => {
  endTurns()
  goOn('tabs')
  mark('paused', '')
}

const settle = () => (isBeyond() ? rest() : wake())

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
  if (isOne) return
  if (isAlone) return settle()
  seenAt = Date.now()
  if (isShown()) wake()
  call()
}

const join = () => {
  goOn('away')
  if (isOne) return
  if (isAlone) return settle()
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

onShown(look)
for (const name of ['focus', 'blur']) addEventListener(name, look)
for (const name of ['pageshow', 'resume']) addEventListener(name, join, true)
for (const name of ['pagehide', 'freeze']) addEventListener(name, leave, true)
join()
// Nobody tells it of frames that come and go.
if (isAlone) setInterval(look, ALONE_LOOK_MS)
