// Says honestly how the stream is, and keeps it going: the first one and all later ones are opened, checked, continued and
// retried in one way. Unnamed events go into the log by htmx; named ones become events of the log.

import htmx from 'htmx.org'
import { log } from './room-elements.js'
import { readEvents } from './stream.js'

const CHECK_MS = 1000
const RETRY_MS = 1000
const RETRY_MAX_MS = 30_000
const RESPONSE_MS = 5000

// The answer where a room was deleted.
const GONE = 410

// The answer to an embed whose ticket is no good any more.
const FORBIDDEN = 403

// That many connections a browser keeps to one server.
const CONNECTIONS = 6

// Three heartbeats without a sound: whatever the socket says, nothing comes through it.
const SILENCE_MS = log.dataset.heartbeatSeconds * 3000

const STATUS_TEXTS = { reconnecting: 'reconnecting…', polling: 'updates every few seconds' }

const status = document.getElementById('status')

let lastEventId = ''
let lastDataAt = 0
let failures = 0
let timeouts = 0
let retryTimer

/** Gives up the stream that is open or asked for; undefined without one. */
let current

/** Whether it is open. */
let reading = false

/** Why there is to be no stream just now. */
const pauses = new Set()

/** Whether, where there is to be none, short ones bring now and then what was missed. */
let isPolling = false

/** The server itself is cut off: the stream stands, and nothing comes through it. */
let outage = false

/** The room is gone: there is no stream any more. */
let isClosed = false

const show = (wantedState) => {
  const paused = isPolling ? { live: 'polling' }[wantedState] : 'paused'
  const state = isClosed ? 'deleted' : (pauses.size > 0 && paused) || wantedState
  if (status.dataset.state === state) return
  status.dataset.state = state
  // Another element: one that stands elsewhere in its next state would count as moved.
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

/** Connects after the time that the server wished for, or later when that failed before. */
const connectLater = (requestedMs) => {
  showBroken()
  const backoff = Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** failures) * (0.7 + Math.random() * 0.6)
  clearTimeout(retryTimer)
  retryTimer = setTimeout(connect, Math.max(requestedMs, backoff))
}

/** What is on the screen stays, and nobody asks for more. */
const showClosed = (sentence) => {
  isClosed = true
  show()
  const notice = document.createElement('p')
  notice.className = 'notice gap'
  notice.textContent = sentence
  log.append(notice)
}

const handleEvent = async ({ event, id, data }) => {
  lastDataAt = Date.now()
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

/** @param query `&once` for what was missed alone: the server ends the stream after that */
const connect = async (query = '') => {
  clearTimeout(retryTimer)
  // Two streams at once would show every message twice.
  if (current || isClosed || (pauses.size > 0 && !query)) return
  const controller = new AbortController()
  current = controller
  let requestedMs = 0
  let isTimeout = false
  // After a silent loss the browser tries its old connections first, one by one: each is given up soon. Where the
  // network is merely slow, patience grows after that.
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
    // An answer that is no stream is nothing to show.
    if (ok && responseHeaders.get('Content-Type')?.startsWith('text/event-stream')) {
      reading = true
      lastDataAt = Date.now()
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
    // Lost, or given up.
  }
  clearTimeout(timeout)
  if (current !== controller) return
  const wasReading = reading
  disconnect()
  if (isClosed) return
  // Whoever let it pause has it go on.
  if (!query || pauses.size === 0) connectLater(requestedMs)
  else if (!wasReading) showBroken()
  if (isTimeout) timeouts++
  else failures++
}

/** Ends the stream, and opens none as long as there is a reason not to. */
export const pause = (reason) => {
  if (pauses.has(reason)) return
  pauses.add(reason)
  isPolling = false
  showBroken()
  disconnect()
}

/** Where nothing but this is against a stream: brings what was missed, and says that this is how it comes. */
export const poll = (reason) => {
  if (!pauses.has(reason) || pauses.size > 1) return
  isPolling = true
  connect('&once')
}

/** Takes a reason away; without any, the stream goes on at its cursor. */
export const resume = (reason) => {
  if (!pauses.delete(reason) || pauses.size > 0) return
  isPolling = false
  showBroken()
  disconnect()
  connect()
}

/** For a stream that may be dead without knowing it. */
const reconnect = () => {
  showBroken()
  if (reading) disconnect()
  connect()
}

setInterval(() => {
  if (!reading || Date.now() - lastDataAt < SILENCE_MS) return
  disconnect()
  connectLater(0)
  failures++
}, CHECK_MS)

addEventListener('offline', () => show('offline'))
addEventListener('online', reconnect)
connect()
