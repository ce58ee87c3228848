// With HTTP/1.1 a browser has six connections to a server, for all tabs together, or for all frames in the pages of one
// site. Streams must leave some of them for pages and posts: only the four rooms that were seen last keep a stream. The
// others close theirs: hidden tabs until they are shown, visible ones poll. Whenever a tab opens, closes, is shown or
// hidden, all tabs broadcast when they were seen, and each decides for itself. Only events drive this, because timers
// of hidden tabs sleep and crashed tabs do not reply.

import { pause, poll, resume } from './connection.js'
import { hasMoreFramesThan, isIsolated } from './frame-count.js'
import { setTitleMark } from './title.js'
import { isVisible, onVisibilityChange } from './visibility.js'

/** A room closes its stream when this many other rooms were seen later. */
const CONNECTIONS_MAX = 4

/** All tabs have replied by then. A later reply corrects the decision. */
const REPLIES_MS = 1000

const ISOLATED_CHECK_MS = 1000

/** The time between two polls. The replay window of a vanishing room is far longer. */
const POLL_MS = 2500

/** Greater than any time, so that the rank counts before the time. */
const RANK_STEP = 1e15

// HTTP/2 and HTTP/3 carry all streams in one connection.
const { nextHopProtocol } = performance.getEntriesByType('navigation')[0] ?? {}
const isMultiplexed = /^h[23]/.test(nextHopProtocol)

const id = Math.random()
const others = new Map()

let seenAt = Date.now()
let newestSeenAt = 0
let channel
let repliesTimer
let pollTimer

/** How visible this room is: 3 with the focus, 2 in view, 1 in a page that is shown, 0 hidden. */
const rank = () => {
  if (document.hidden) return 0
  if (document.hasFocus()) return 3
  return isVisible() ? 2 : 1
}

/** Orders the tabs: the highest ones keep their streams. */
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

/** Sends this tab's priority to the others. With `requestsReply` they send theirs. */
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
  broadcast({ requestsReply: true, ...more })
}

const handleMessage = ({ data }) => {
  if (data.requestsReply) {
    awaitReplies()
    broadcast()
  }
  newestSeenAt = Math.max(newestSeenAt, data.at % RANK_STEP)
  if (!data.leaves) others.set(data.id, data.at)
  if (isOverLimit()) yieldConnection()
}

const reassess = () => {
  if (isMultiplexed) return
  if (isIsolated) return update()
  // Later than every other tab, even if the clock was set back.
  seenAt = Math.max(Date.now(), newestSeenAt + 1)
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
    // A browser that blocks storage may block channels between tabs too.
  }
}

// A page in the back/forward cache or a frozen one must not hold a connection that others need.
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
// An isolated frame gets no event when other frames come and go.
if (isIsolated) setInterval(reassess, ISOLATED_CHECK_MS)
