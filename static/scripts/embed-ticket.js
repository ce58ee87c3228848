// Keeps an embed's page known to the server, whatever becomes of its cookies: its ticket is renewed as long as it lives.

import { goOn, store } from './embed-known.js'
import { log } from './page.js'
import { roomUrl } from './ticket.js'

/** So many heartbeats are some 25 minutes; a ticket is good for half a day. */
const RENEW_BEATS = 100

/** A page that is refused sooner would be again. */
const RELOAD_MIN_MS = 60_000

const { dataset } = document.body

let beats = 0

const use = (ticket) => {
  dataset.ticket = ticket
  log.dataset.stream = ticketed(log.dataset.stream)
  store()
}

const ticketed = (address) => address.replace(/\bticket=[^&]*/, `ticket=${dataset.ticket}`)

const renew = async () => {
  try {
    const answer = await fetch(roomUrl('ticket'), { method: 'POST', headers: { Accept: 'application/json' } })
    if (answer.ok) use((await answer.json()).ticket)
  } catch {
    // There is time to try again.
  }
}

if (!goOn()) store()

log.addEventListener('beat', () => {
  if (++beats % RENEW_BEATS === 0) renew()
})
// Too late for that: a page that slept for long begins anew.
log.addEventListener('refused', () => {
  if (performance.now() > RELOAD_MIN_MS) location.reload()
})
document.addEventListener('htmx:config:request', ({ detail: { ctx } }) => {
  const { request } = ctx
  // A link to older messages is relative to the room's page.
  request.action = request.action.startsWith('?')
    ? roomUrl(`messages${request.action}`)
    : ticketed(request.action)
})
document.addEventListener('htmx:after:request', ({ target }) => {
  if (target.matches('.name')) renew()
})
