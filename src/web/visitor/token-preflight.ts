import { Hono } from 'hono'
import type { Env } from '../env.ts'
import { parseEmbedAddress } from '../http/embed-address.ts'
import { methodsForTokens } from './token-permissions.ts'

/** How long a browser remembers what programs in other sites' pages may ask for. */
const PREFLIGHT_MAX_AGE_SECONDS = 7200

/** What browsers ask before they send a token from another site's page: Fetch Standard, CORS-preflight. */
export function tokenPreflightRoutes(): Hono<Env> {
  const routes = new Hono<Env>()
  routes.options('/r/:room/*', (c, next) => {
    const methods = methodsForTokens(c.req.path)
    // An embed's pages show a ticket, and may do more.
    if (methods.length === 0 || parseEmbedAddress(c.env.incoming.url)) return next()
    c.header('Access-Control-Allow-Origin', '*')
    c.header('Access-Control-Allow-Methods', methods.join(', '))
    c.header('Access-Control-Allow-Headers', 'Authorization, Content-Type, Last-Event-ID')
    c.header('Access-Control-Max-Age', String(PREFLIGHT_MAX_AGE_SECONDS))
    return Promise.resolve(c.body(null, 204))
  })
  return routes
}
