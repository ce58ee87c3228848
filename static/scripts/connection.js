// Keeps the stream open and shows its state. The first stream and all later ones are opened, checked, resumed and
// retried in one way. htmx swaps unnamed events into the log; named events become DOM events of the log.

import htmx from 'htmx.org'
import { log } from './room-elements.js'
import { readEvents } from './stream.js'

const CHECK_MS = 1000
const RETRY_MS = 1000
const RETRY_MAX_MS = 30_000
const RESPONSE_MS = 5000

// The status for a deleted room
const GONE = 410

// The status for an embed whose ticket is no longer valid
const FORBIDDEN = 403

// How many connections a browser keeps to one server
const CONNECTIONS = 6

// After three missed heartbeats the connection is dead, even if its socket looks open.
const SILENCE_MS = log.dataset.heartbeatSeconds * 3000

const STATUS_TEXTS = {
  live: '',
  reconnecting: 'reconnecting…',
  offline: 'Offline: what you write waits here',
  polling: 'updates every few seconds',
}

const status = document.getElementById('status')

// After a sleep: one and a half of the three heartbeats
const SOON = 0.5

const wallClockAhead = () => Date.now() - performance.now()

let lastAhead = wallClockAhead()
let lastEventId = ''
let lastDataAt = 0
let failures = 0
let timeouts = 0
let retryTimer

/** The AbortController of the stream that is open or requested; undefined without one. */
let current

/** Whether the stream is open. */
let reading = false

/** The reasons for having no stream at the moment. */
const pauses = new Set()

/** Whether short streams fetch the missed messages now and then, while the stream is paused. */
let isPolling = false

/** Whether the server has lost its database: the stream is open, and no messages arrive. */
let outage = false

/** Whether the room was deleted: no more streams are opened. */
let isClosed = false

const show = (wantedState) => {
  const paused = isPolling ? { live: 'polling' }[wantedState] : 'paused'
  const state = isClosed ? 'deleted' : (pauses.size > 0 && paused) || wantedState
  if (status.dataset.state === state) return
  status.dataset.state = state
  // A new element: if the same one moved to its place in the next state, it would count as a layout shift.
  const element = document.createElement('span')
  element.textContent = STATUS_TEXTS[state] ?? state
  status.replaceChildren(element)
}

const showBroken = () => show(navigator.onLine ? 'reconnecting' : 'offline')

const disconnect = () => {
  current?.abort()
  current = undefined
  reading = false
}

/** Connects after the time that the server requested, or later after failures. */
const connectLater = (requestedMs) => {
  showBroken()
  const backoff = Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** failures) * (0.7 + Math.random() * 0.6)
  clearTimeout(retryTimer)
  retryTimer = setTimeout(connect, Math.max(requestedMs, backoff))
}

/** Ends the page's stream for good. The messages on the screen stay. */
const showClosed = (sentence) => {
  isClosed = true
  show()
  const notice = document.createElement('p')
  notice.className = 'notice gap'
  notice.textContent = sentence
  log.append(notice)
}

const handleEvent = async ({ event, id, data }) => {
  lastDataAt = performance.now()
  if (id) lastEventId = id
  if (event === 'closed') showClosed(data)
  else if (event === 'busy' || event === 'drain') showBroken()
  else if (event !== 'rotate') {
    failures = 0
    timeouts = 0
    if (event === 'open') outage = false
    if (event === 'outage') outage = data !== 'over'
    if (outage) showBroken()
    else show('live')
  }
  if (event) log.dispatchEvent(new CustomEvent(event, { detail: { data } }))
  else await htmx.swap({ sourceElement: log, target: log, text: data, swap: 'beforeend swapEmpty:false' })
}

/** @param query `&once` to fetch only the missed messages: the server then ends the stream */
const connect = async (query = '') => {
  clearTimeout(retryTimer)
  // Two streams at once would show every message twice.
  if (current || isClosed || (pauses.size > 0 && !query)) return
  const controller = new AbortController()
  current = controller
  let requestedMs = 0
  let isTimeout = false
  // After a silent loss the browser tries its old connections first, one by one: each is given up soon. If the network
  // is only slow, the timeout grows after that.
  const timeoutMs = Math.min(RESPONSE_MS, SILENCE_MS) * (1 + Math.floor(timeouts / CONNECTIONS))
  const timeout = setTimeout(() => {
    isTimeout = true
    controller.abort()
  }, timeoutMs)
  try {
    const headers = { Accept: 'text/event-stream', ...(lastEventId && { 'Last-Event-ID': lastEventId }) }
    const { retention } = document.getElementById('kind').dataset
    const response = await fetch(`${log.dataset.stream}&keeps=${retention}${query}`, {
      headers,
      signal: controller.signal,
    })
    const { ok, status: code, headers: responseHeaders, body } = response
    clearTimeout(timeout)
    // A response that is not a stream is not shown.
    if (ok && responseHeaders.get('Content-Type')?.startsWith('text/event-stream')) {
      reading = true
      lastDataAt = performance.now()
      await readEvents(body, controller.signal, (event) => {
        requestedMs = event.retry ?? requestedMs
        return handleEvent(event)
      })
    } else if (code === GONE) showClosed(await response.text())
    else {
      body?.cancel()
      if (code === FORBIDDEN) log.dispatchEvent(new CustomEvent('stream-forbidden'))
    }
  } catch {
    // The connection was lost or aborted.
  }
  clearTimeout(timeout)
  if (current !== controller) return
  const wasReading = reading
  disconnect()
  if (isClosed) return
  // While there is a pause, the module that paused the stream resumes it.
  if (!query || pauses.size === 0) connectLater(requestedMs)
  else if (!wasReading) showBroken()
  if (isTimeout) timeouts++
  else failures++
}

/** Ends the stream, and opens none until `resume` was called for every reason. */
export const pause = (reason) => {
  if (pauses.has(reason)) return
  pauses.add(reason)
  isPolling = false
  showBroken()
  disconnect()
}

/** Fetches the missed messages if `reason` is the only one for the pause. The status then shows that the page polls. */
export const poll = (reason) => {
  if (!pauses.has(reason) || pauses.size > 1) return
  isPolling = true
  connect('&once')
}

/** Removes a reason for the pause. Without any reason left, the stream resumes at its cursor. */
export const resume = (reason) => {
  if (!pauses.delete(reason) || pauses.size > 0) return
  isPolling = false
  showBroken()
  disconnect()
  connect()
}

/** Replaces a stream that may be dead although its socket is open. */
const reconnect = () => {
  showBroken()
  if (reading) disconnect()
  connect()
}

setInterval(() => {
  // `performance.now()` can't be set, but it may stop while the machine sleeps. If the wall clock got ahead of it, the
  // machine slept or the clock was set: the next heartbeat tells. It must come soon.
  const ahead = wallClockAhead()
  if (ahead - lastAhead > SILENCE_MS)
    lastDataAt = Math.min(lastDataAt, performance.now() - SILENCE_MS * (1 - SOON))
  lastAhead = ahead
  if (!reading || performance.now() - lastDataAt < SILENCE_MS) return
  disconnect()
  connectLater(0)
  failures++
}, CHECK_MS)

addEventListener('offline', () => show('offline'))
addEventListener('online', reconnect)
connect()
