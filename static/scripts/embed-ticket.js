// Keeps an embed's page known to the server where no cookie does: its ticket is renewed as long as the page lives, and
// where the browser lets anything be stored, the next page goes on with it.

import { log } from './page.js'
import { roomUrl } from './ticket.js'

/** So many heartbeats are some 25 minutes; a ticket is good for half a day. */
const RENEW_BEATS = 100

const { dataset } = document.body
const name = `ticket:${location.pathname}${dataset.named === undefined ? '' : ':named'}`

let beats = 0

const stored = () => {
  try {
    return localStorage.getItem(name)
  } catch {
    return null
  }
}

const store = () => {
  try {
    localStorage.setItem(name, dataset.ticket)
  } catch {
    // A browser that lets nothing be stored knows nobody again.
  }
}

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

/** Goes on as who was here before, where the server knows nothing of them. */
const goOn = () => {
  const url = new URL(location.href)
  const before = stored()
  if (dataset.fresh === undefined || !before || url.searchParams.get('ticket') === before) return false
  url.searchParams.set('ticket', before)
  location.replace(url)
  return true
}

if (!goOn()) store()

log.addEventListener('beat', () => {
  if (++beats % RENEW_BEATS === 0) renew()
})
// Too late for that: a page that slept for long begins anew.
log.addEventListener('refused', () => location.reload())
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
