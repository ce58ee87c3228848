// Says honestly how the stream is, and mends what hx-sse leaves open: a first connection that fails, a connection that
// has gone silent, a page that comes back from the browser's cache.

const LOOK_MS = 1000
const RETRY_MS = 1000
const RETRY_MAX_MS = 30_000

const log = document.getElementById('log')
const status = document.getElementById('status')

let lastEventId = ''
let heardAt = Date.now()
let failures = 0

const show = (state) => {
  if (status.dataset.state === state) return
  status.dataset.state = state
  status.textContent = {
    live: 'live',
    reconnecting: 'reconnecting…',
    offline: 'offline',
    connecting: 'connecting…',
  }[state]
}

const showBroken = () => show(navigator.onLine ? 'reconnecting' : 'offline')

const connection = () => log._htmx?.sse

const connect = () => {
  if (!connection()) log.dispatchEvent(new CustomEvent('connect'))
}

const connectLater = () => {
  showBroken()
  const delay = Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** failures++)
  setTimeout(connect, delay * (0.7 + Math.random() * 0.6))
}

const fromLog = ({ target }) => target === log

if (log) {
  // Three heartbeats without a sound: whatever the socket says, nothing comes through it.
  const silenceMs = log.dataset.beat * 3000

  log.addEventListener('htmx:config:request', (event) => {
    if (fromLog(event) && lastEventId) event.detail.ctx.request.headers['Last-Event-ID'] = lastEventId
  })

  // A first answer that is no stream must neither be swapped in nor end the matter.
  log.addEventListener('htmx:before:response', (event) => {
    if (!fromLog(event)) return
    const { raw } = event.detail.ctx.response
    if (raw.ok && raw.headers.get('Content-Type')?.startsWith('text/event-stream')) return
    event.preventDefault()
    connectLater()
  })
  log.addEventListener('htmx:error', (event) => {
    if (fromLog(event)) connectLater()
  })

  log.addEventListener('htmx:sse:before:message', ({ detail: { message } }) => {
    heardAt = Date.now()
    failures = 0
    if (message.id) lastEventId = message.id
    if (message.event === 'busy' || message.event === 'drain') showBroken()
    else if (message.event !== 'rotate') show('live')
  })
  log.addEventListener('htmx:sse:error', showBroken)
  log.addEventListener('htmx:sse:close', () => {
    if (log.isConnected) connectLater()
  })

  setInterval(() => {
    const open = connection()
    if (!open?.reader || Date.now() - heardAt < silenceMs) return
    heardAt = Date.now()
    showBroken()
    open.reader.cancel()
  }, LOOK_MS)

  addEventListener('offline', () => show('offline'))
  addEventListener('online', () => {
    // Whatever was open before may be dead without knowing it.
    showBroken()
    const open = connection()
    if (open?.delayCanceller) open.delayCanceller()
    else if (open?.reader) open.reader.cancel()
    else connect()
  })
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) connect()
  })
}
