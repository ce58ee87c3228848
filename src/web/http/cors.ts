import { Hono } from 'hono'
import { embedPart } from '../embed/address.ts'
import type { Env } from '../env.ts'
import { tokenMethods } from '../visitor/token-permissions.ts'
import type { Answer, Fields } from './response.ts'

/** How long a browser remembers what programs in other sites' pages may ask for. */
const REMEMBERED_SECONDS = 7200

/**
 * Lets a page of any site read an answer to a request that shows a token: whoever has that may do so anyhow. Never
 * with credentials: cookies say who somebody is in Snug's own pages, and nowhere else.
 */
export function allowAnyOrigin(answer: Answer): void {
  answer.say(FOR_ANY_ORIGIN)
}

const FOR_ANY_ORIGIN: Fields = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Retry-After',
}

/** What browsers ask before they send a token from another site's page: Fetch Standard, CORS-preflight. */
export function preflightRoutes(): Hono<Env> {
  const routes = new Hono<Env>()
  routes.options('/r/:room/*', (c, next) => {
    const methods = tokenMethods(c.req.path)
    // An embed's pages show a ticket, and may do more.
    if (methods.length === 0 || embedPart(c.env.incoming.url)) return next()
    c.header('Access-Control-Allow-Origin', '*')
    c.header('Access-Control-Allow-Methods', methods.join(', '))
    c.header('Access-Control-Allow-Headers', 'Authorization, Content-Type, Last-Event-ID')
    c.header('Access-Control-Max-Age', String(REMEMBERED_SECONDS))
    return Promise.resolve(c.body(null, 204))
  })
  return routes
}
