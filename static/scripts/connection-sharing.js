// HTTP/1.1 gives a browser six connections to a server, for all its tabs together, or for all frames in the pages of one
// site: streams must leave some for pages and posts. The four rooms that were seen last keep theirs. Those beyond them
// let go: hidden ones until they are shown, shown ones take turns. Whenever a tab comes, goes, is shown or hidden, all
// tell when they were seen, and each knows what becomes of it. Only events drive this: the timers of hidden tabs rest,
// and crashed tabs answer nothing.

import { pause, poll, resume } from './connection.js'
import { hasMoreFramesThan, isIsolated } from './frame-count.js'
import { setTitleMark } from './title.js'
import { isVisible, onVisibilityChange } from './visibility.js'

/** That many later seen ones are enough for a room to let go. */
const CONNECTIONS_MAX = 4

/** By then all have answered; where they are slower, what they say puts right what came of it. */
const REPLIES_MS = 1000

const ISOLATED_CHECK_MS = 1000

/** So soon the next turn comes. A vanishing room remembers for far longer. */
const POLL_MS = 2500

/** Later than any time. */
const RANK_STEP = 1e15

// Later versions of HTTP carry all streams in one connection.
const { nextHopProtocol } = performance.getEntriesByType('navigation')[0] ?? {}
const isMultiplexed = /^h[23]/.test(nextHopProtocol)

const id = Math.random()
const others = new Map()

let seenAt = Date.now()
let channel
let repliesTimer
let pollTimer

/** How much is seen of it: those in focus last of all, then others in view, then those of a page that is shown. */
const rank = () => {
  if (document.hidden) return 0
  if (document.hasFocus()) return 3
  return isVisible() ? 2 : 1
}

/** When this tab was seen, as a number. */
const priority = () => rank() * RANK_STEP + seenAt

const isOverLimit = () => {
  if (isIsolated) return document.hidden || (hasMoreFramesThan(CONNECTIONS_MAX) && !document.hasFocus())
  const own = priority()
  const higher = [...others].filter(([other, at]) => at > own || (at === own && other > id))
  return higher.length >= CONNECTIONS_MAX
}

const stopPolling = () => {
  clearInterval(pollTimer)
  pollTimer = undefined
}

const yieldConnection = () => {
  pause('tabs')
  setTitleMark('paused', '⏸ ')
  if (document.hidden) stopPolling()
  else if (pollTimer === undefined) {
    pollTimer = setInterval(poll, POLL_MS * (0.9 + Math.random() * 0.2), 'tabs')
    poll('tabs')
  }
}

const takeConnection = () => {
  stopPolling()
  resume('tabs')
  setTitleMark('paused', '')
}

const update = () => (isOverLimit() ? yieldConnection() : takeConnection())

/** Tells the others. Whoever calls has them tell too. */
const broadcast = (more) => {
  channel?.postMessage({ id, at: priority(), ...more })
}

const awaitReplies = () => {
  others.clear()
  clearTimeout(repliesTimer)
  repliesTimer = setTimeout(() => isOverLimit() || takeConnection(), REPLIES_MS)
}

const announce = (more) => {
  awaitReplies()
  broadcast({ wantsReply: true, ...more })
}

const handleMessage = ({ data }) => {
  if (data.wantsReply) {
    awaitReplies()
    broadcast()
  }
  if (!data.leaves) others.set(data.id, data.at)
  if (isOverLimit()) yieldConnection()
}

const reassess = () => {
  if (isMultiplexed) return
  if (isIsolated) return update()
  seenAt = Date.now()
  if (isVisible()) takeConnection()
  announce()
}

const enter = () => {
  resume('away')
  if (isMultiplexed) return
  if (isIsolated) return update()
  try {
    channel ??= new BroadcastChannel('tabs')
    channel.onmessage = handleMessage
    announce()
  } catch {
    // A browser that lets nothing be stored may not let its tabs talk either.
  }
}

// A page that the browser keeps for its way back, or freezes, must not hold what others need.
const leave = () => {
  pause('away')
  announce({ leaves: true })
  channel?.close()
  channel = undefined
}

onVisibilityChange(reassess)
for (const name of ['focus', 'blur']) addEventListener(name, reassess)
for (const name of ['pageshow', 'resume']) addEventListener(name, enter, true)
for (const name of ['pagehide', 'freeze']) addEventListener(name, leave, true)
enter()
// Nobody tells it of frames that come and go.
if (isIsolated) setInterval(reassess, ISOLATED_CHECK_MS)
