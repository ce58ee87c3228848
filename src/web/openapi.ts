import { Hono } from 'hono'
import type { Web } from './app.ts'
import type { Env } from './env.ts'
import { describe } from './openapi/document.ts'
import { ownOrigin } from './origin.ts'

/** The description of all that programs can do here, with the address of this server in it. */
export function openApiRoutes({ baseUrl, sessions }: Pick<Web, 'baseUrl' | 'sessions'>): Hono<Env> {
  const routes = new Hono<Env>()
  routes.get('/openapi.json', (c) => c.json(describe(ownOrigin(c.env.incoming, baseUrl), sessions.secure)))
  return routes
}
