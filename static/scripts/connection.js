// Says honestly how the stream is, and keeps it going. hx-sse reads one stream; when that fails, ends or falls silent the
// next is opened here, so that the first and every later one are checked, continued and retried in one way.

import { log } from './page.js'

const LOOK_MS = 1000
const RETRY_MS = 1000
const RETRY_MAX_MS = 30_000
const ANSWER_MS = 5000

// That many connections a browser keeps to one server.
const CONNECTIONS = 6

const status = document.getElementById('status')

let lastEventId = ''
let heardAt = Date.now()
let failures = 0
let timeouts = 0
let asking = false
let waiting

/** Why there is to be no stream just now. */
const pauses = new Set()

const show = (wanted) => {
  const state = pauses.size > 0 ? 'paused' : wanted
  if (status.dataset.state === state) return
  status.dataset.state = state
  status.firstElementChild.textContent = state === 'reconnecting' ? 'reconnecting…' : state
}

const showBroken = () => show(navigator.onLine ? 'reconnecting' : 'offline')

const stream = () => log._htmx?.sse

const connect = () => {
  clearTimeout(waiting)
  // Two streams at once would show every message twice.
  if (!asking && !stream() && pauses.size === 0) log.dispatchEvent(new CustomEvent('connect'))
}

const letGoReader = () =>
  stream()
    ?.reader?.cancel()
    .catch(() => {})

/** Ends the stream, and opens none as long as there is a reason not to. */
export const pause = (why) => {
  pauses.add(why)
  showBroken()
  letGoReader()
}

/** Takes a reason away; without any, the stream goes on at its cursor. */
export const goOn = (why) => {
  if (!pauses.delete(why) || pauses.size > 0) return
  showBroken()
  connect()
}

/** Connects after the time that the server wished for, or later when that failed before. */
const connectLater = (wishedMs = 0) => {
  showBroken()
  const backoff = Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** failures) * (0.7 + Math.random() * 0.6)
  clearTimeout(waiting)
  waiting = setTimeout(connect, Math.max(wishedMs, backoff))
}

const fail = (wishedMs) => {
  connectLater(wishedMs)
  failures++
}

/** For a stream that may be dead without knowing it. */
const reconnect = () => {
  showBroken()
  heardAt = Date.now()
  if (!letGoReader()) connect()
}

const fromLog = ({ target }) => target === log

// Three heartbeats without a sound: whatever the socket says, nothing comes through it.
const silenceMs = log.dataset.beat * 3000

log.addEventListener('htmx:config:request', (event) => {
  if (!fromLog(event)) return
  const { request } = event.detail.ctx
  asking = true
  // After a silent loss the browser tries its old connections first, one by one: each is given up soon. Where the
  // network is merely slow, patience grows after that.
  request.timeout = Math.min(ANSWER_MS, silenceMs) * (1 + Math.floor(timeouts / CONNECTIONS))
  if (lastEventId) request.headers['Last-Event-ID'] = lastEventId
})
log.addEventListener('htmx:finally:request', (event) => {
  if (fromLog(event)) asking = false
})

// An answer that is no stream must neither be swapped in nor end the matter.
log.addEventListener('htmx:before:response', (event) => {
  if (!fromLog(event)) return
  const { raw } = event.detail.ctx.response
  if (raw.ok && raw.headers.get('Content-Type')?.startsWith('text/event-stream')) return
  event.preventDefault()
  raw.body?.cancel().catch(() => {})
  fail()
})
log.addEventListener('htmx:error', (event) => {
  if (!fromLog(event)) return
  if (event.detail.error !== 'timeout') return fail()
  timeouts++
  connectLater()
})

log.addEventListener('htmx:sse:before:connection', (event) => {
  if (pauses.size > 0) event.preventDefault()
})
log.addEventListener('htmx:sse:after:connection', () => {
  heardAt = Date.now()
})
log.addEventListener('htmx:sse:before:message', ({ detail: { message } }) => {
  heardAt = Date.now()
  if (message.id) lastEventId = message.id
  if (message.event === 'busy' || message.event === 'drain') showBroken()
  else if (message.event !== 'rotate') {
    failures = 0
    timeouts = 0
    show('live')
  }
})
log.addEventListener('htmx:sse:close', ({ detail: { connection } }) => {
  if (pauses.size === 0) fail(connection.config.reconnectDelay)
})

setInterval(() => {
  if (stream()?.reader && Date.now() - heardAt >= silenceMs) reconnect()
}, LOOK_MS)

addEventListener('offline', () => show('offline'))
addEventListener('online', reconnect)
