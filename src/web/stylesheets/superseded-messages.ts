import { Hono } from 'hono'
import { type EventId, formatId, parseCursor } from '../../chat/event.ts'

/** The positions in a log that can be told apart. A page without scripts lives for some minutes and has far fewer. */
const SPECIFICITY_LEVELS = 32 ** 3

/** CSS integers have 32 bits. */
const ORDER_MAX = 1_000_000_000

/**
 * The style sheet for an edited or deleted message in a page without scripts, which can only grow. It hides the old
 * version and shows the new one, which comes last, in its place. The address determines the content.
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
    // If the page does not contain the old version, the new one stays hidden.
    `.replacement${message}:not(${message}:not(.replacement)~*){display:none}`,
    `.replacement${message}{order:${order - 1}!important}`,
    `${message}~*${specificitySelector(id)}{order:${order}}`,
  ].join('')
}

// An element after several such messages takes its order from the last of them, in whatever order the sheets load: the
// rule with more ids wins, then the one with more classes, then with more types, like a number of three digits.
function specificitySelector({ seq }: EventId): string {
  const level = seq % SPECIFICITY_LEVELS
  const [ids, classes, types] = [level >> 10, (level >> 5) % 32, level % 32]
  return ':not(#_)'.repeat(ids) + ':not(._)'.repeat(classes) + ':not(_)'.repeat(types)
}
