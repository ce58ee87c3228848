import { Hono } from 'hono'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { serverOrigin } from '../http/server-origin.ts'
import { buildDocument } from './document.ts'

/** Serves the OpenAPI description, which contains the origin of this server. */
export function openApiRoutes({ baseUrl, sessions }: Pick<WebContext, 'baseUrl' | 'sessions'>): Hono<Env> {
  const routes = new Hono<Env>()
  routes.get('/openapi.json', (c) =>
    c.json(buildDocument(serverOrigin(c.env.incoming, baseUrl), sessions.cookieName)),
  )
  return routes
}
