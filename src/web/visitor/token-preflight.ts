import { Hono } from 'hono'
import type { Env } from '../env.ts'
import { parseEmbedAddress } from '../http/embed-address.ts'
import { methodsForTokens } from './token-permissions.ts'

/** How long a browser caches the response to a preflight request. */
const PREFLIGHT_MAX_AGE_SECONDS = 7200

/** Answers the preflight requests for pages of other sites that send a token (Fetch Standard, CORS-preflight). */
export function tokenPreflightRoutes(): Hono<Env> {
  const routes = new Hono<Env>()
  routes.options('/r/:room/*', (c, next) => {
    const methods = methodsForTokens(c.req.path)
    // Embeds use tickets, which permit more methods.
    if (methods.length === 0 || parseEmbedAddress(c.env.incoming.url)) return next()
    c.header('Access-Control-Allow-Origin', '*')
    c.header('Access-Control-Allow-Methods', methods.join(', '))
    c.header('Access-Control-Allow-Headers', 'Authorization, Content-Type, Last-Event-ID')
    c.header('Access-Control-Max-Age', String(PREFLIGHT_MAX_AGE_SECONDS))
    return Promise.resolve(c.body(null, 204))
  })
  return routes
}
