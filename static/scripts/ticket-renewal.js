// Renews the ticket of an embed as long as its page is open, so that the server recognises it without cookies.

import { log } from './room-elements.js'
import { roomUrl } from './room-url.js'
import { resumeStoredTicket, storeTicket } from './stored-ticket.js'

/** This many heartbeats take some 25 minutes; a ticket is valid for half a day. */
const RENEW_HEARTBEATS = 100

/** A page that is refused sooner than this would be refused again after a reload. */
const RELOAD_MIN_MS = 60_000

const { dataset } = document.body

let heartbeats = 0

const setTicket = (ticket) => {
  dataset.ticket = ticket
  log.dataset.stream = withTicket(log.dataset.stream)
  storeTicket()
}

const withTicket = (address) => address.replace(/\bticket=[^&]*/, `ticket=${dataset.ticket}`)

const renew = async () => {
  try {
    const response = await fetch(roomUrl('ticket'), {
      method: 'POST',
      headers: { Accept: 'application/json' },
    })
    if (response.ok) setTicket((await response.json()).ticket)
  } catch {
    // The ticket stays valid for long enough to try again.
  }
}

if (!resumeStoredTicket()) storeTicket()

log.addEventListener('beat', () => {
  if (++heartbeats % RENEW_HEARTBEATS === 0) renew()
})
// The ticket of a page that slept for long has expired: the page reloads.
log.addEventListener('stream-forbidden', () => {
  if (performance.now() > RELOAD_MIN_MS) location.reload()
})
document.addEventListener('htmx:config:request', ({ detail: { ctx } }) => {
  const { request } = ctx
  // A link to older messages is relative to the room's page.
  request.action = request.action.startsWith('?')
    ? roomUrl(`messages${request.action}`)
    : withTicket(request.action)
})
document.addEventListener('htmx:after:request', ({ target }) => {
  if (target.matches('.name')) renew()
})
