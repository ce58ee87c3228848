import { Hono } from 'hono'
import { type EventId, formatId, parseCursor } from '../../chat/event.ts'

/** Places of a log that can be told apart; a page without scripts lives for some minutes and has far fewer. */
const SPECIFICITY_LEVELS = 32 ** 3

/** CSS counts with 32 bits. */
const ORDER_MAX = 1_000_000_000

/**
 * A style sheet for what became of a message, in a page without scripts, which only ever grows: what stands above is
 * hidden, and what it says now, which comes last, is shown in its place. The address says all that is in it.
 */
export function supersededMessagesRoutes(): Hono {
  const routes = new Hono()
  routes.get('/gone/:sheet{[0-9a-z]{1,11}\\.[0-9]{1,15}\\.css}', (c) => {
    const id = parseCursor(c.req.param('sheet').replace(/\.css$/, ''))
    if (!id) return c.notFound()
    c.header('Content-Type', 'text/css; charset=utf-8')
    c.header('Cross-Origin-Resource-Policy', 'cross-origin')
    c.header('Cache-Control', 'public, max-age=31536000, immutable')
    return c.body(supersededSheet(id))
  })
  return routes
}

function supersededSheet(id: EventId): string {
  const name = formatId(id)
  const message = `[id="m${name}"]`
  const order = id.seq % ORDER_MAX
  return [
    `${message}:has(~${message},~[data-deleted="${name}"]){display:none}`,
    // What was not shown in this page is not shown again.
    `.replacement${message}:not(${message}:not(.replacement)~*){display:none}`,
    `.replacement${message}{order:${order - 1}!important}`,
    `${message}~*${specificitySelector(id)}{order:${order}}`,
  ].join('')
}

// What follows several such messages has its order from the last of them, in whatever order the sheets come: of two
// rules the one with more ids holds, then with more classes, then with more types, as in a number of three digits.
function specificitySelector({ seq }: EventId): string {
  const place = seq % SPECIFICITY_LEVELS
  const [ids, classes, types] = [place >> 10, (place >> 5) % 32, place % 32]
  return ':not(#_)'.repeat(ids) + ':not(._)'.repeat(classes) + ':not(_)'.repeat(types)
}
