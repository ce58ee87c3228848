// Says honestly how the stream is, and keeps it going: the first one and all later ones are opened, checked, continued and
// retried in one way. Unnamed events go into the log by htmx; named ones become events of the log.

import htmx from 'htmx.org'
import { log } from './page.js'
import { readEvents } from './stream.js'

const LOOK_MS = 1000
const RETRY_MS = 1000
const RETRY_MAX_MS = 30_000
const ANSWER_MS = 5000

// The answer where a room was deleted.
const GONE = 410

// The answer to an embed whose ticket is no good any more.
const FORBIDDEN = 403

// That many connections a browser keeps to one server.
const CONNECTIONS = 6

// Three heartbeats without a sound: whatever the socket says, nothing comes through it.
const SILENCE_MS = log.dataset.beat * 3000

const WORDS = { reconnecting: 'reconnecting…', turns: 'updates every few seconds' }

const status = document.getElementById('status')

let lastEventId = ''
let heardAt = 0
let failures = 0
let timeouts = 0
let waiting

/** Gives up the stream that is open or asked for; undefined without one. */
let current

/** Whether it is open. */
let reading = false

/** Why there is to be no stream just now. */
const pauses = new Set()

/** Whether, where there is to be none, short ones bring now and then what was missed. */
let turns = false

/** The server itself is cut off: the stream stands, and nothing comes through it. */
let outage = false

/** The room is gone: there is no stream any more. */
let over = false

const show = (wanted) => {
  const paused = turns ? { live: 'turns' }[wanted] : 'paused'
  const state = over ? 'deleted' : (pauses.size > 0 && paused) || wanted
  if (status.dataset.state === state) return
  status.dataset.state = state
  // Another element: one that stands elsewhere in its next state would count as moved.
  const word = document.createElement('span')
  word.textContent = WORDS[state] ?? state
  status.replaceChildren(word)
}

const showBroken = () => show(navigator.onLine ? 'reconnecting' : 'offline')

const giveUp = () => {
  current?.abort()
  current = undefined
  reading = false
}

/** Connects after the time that the server wished for, or later when that failed before. */
const connectLater = (wishedMs) => {
  showBroken()
  const backoff = Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** failures) * (0.7 + Math.random() * 0.6)
  clearTimeout(waiting)
  waiting = setTimeout(connect, Math.max(wishedMs, backoff))
}

/** What is on the screen stays, and nobody asks for more. */
const close = (sentence) => {
  over = true
  show()
  const line = document.createElement('p')
  line.className = 'line gap'
  line.textContent = sentence
  log.append(line)
}

const hear = async ({ event, id, data }) => {
  heardAt = Date.now()
  if (id) lastEventId = id
  if (event === 'closed') close(data)
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

/** @param once for what was missed alone: the server ends the stream after that */
const connect = async (once = '') => {
  clearTimeout(waiting)
  // Two streams at once would show every message twice.
  if (current || over || (pauses.size > 0 && !once)) return
  const mine = new AbortController()
  current = mine
  let wishedMs = 0
  let late = false
  // After a silent loss the browser tries its old connections first, one by one: each is given up soon. Where the
  // network is merely slow, patience grows after that.
  const patience = Math.min(ANSWER_MS, SILENCE_MS) * (1 + Math.floor(timeouts / CONNECTIONS))
  const timer = setTimeout(() => {
    late = true
    mine.abort()
  }, patience)
  try {
    const headers = { Accept: 'text/event-stream', ...(lastEventId && { 'Last-Event-ID': lastEventId }) }
    const { keeps } = document.getElementById('kind').dataset
    const response = await fetch(`${log.dataset.stream}&keeps=${keeps}${once}`, {
      headers,
      signal: mine.signal,
    })
    const { ok, status: code, headers: said, body } = response
    clearTimeout(timer)
    // An answer that is no stream is nothing to show.
    if (ok && said.get('Content-Type')?.startsWith('text/event-stream')) {
      reading = true
      heardAt = Date.now()
      await readEvents(body, mine.signal, (event) => {
        wishedMs = event.retry ?? wishedMs
        return hear(event)
      })
    } else if (code === GONE) close(await response.text())
    else {
      body?.cancel()
      if (code === FORBIDDEN) log.dispatchEvent(new CustomEvent('refused'))
    }
  } catch {
    // Lost, or given up.
  }
  clearTimeout(timer)
  if (current !== mine) return
  const heard = reading
  giveUp()
  if (over) return
  // Whoever let it pause has it go on.
  if (!once || pauses.size === 0) connectLater(wishedMs)
  else if (!heard) showBroken()
  if (late) timeouts++
  else failures++
}

/** Ends the stream, and opens none as long as there is a reason not to. */
export const pause = (why) => {
  if (pauses.has(why)) return
  pauses.add(why)
  turns = false
  showBroken()
  giveUp()
}

/** Where nothing but this is against a stream: brings what was missed, and says that this is how it comes. */
export const takeTurn = (why) => {
  if (!pauses.has(why) || pauses.size > 1) return
  turns = true
  connect('&once')
}

/** Takes a reason away; without any, the stream goes on at its cursor. */
export const goOn = (why) => {
  if (!pauses.delete(why) || pauses.size > 0) return
  turns = false
  showBroken()
  giveUp()
  connect()
}

/** For a stream that may be dead without knowing it. */
const reconnect = () => {
  showBroken()
  if (reading) giveUp()
  connect()
}

setInterval(() => {
  if (!reading || Date.now() - heardAt < SILENCE_MS) return
  giveUp()
  connectLater(0)
  failures++
}, LOOK_MS)

addEventListener('offline', () => show('offline'))
addEventListener('online', reconnect)
connect()
