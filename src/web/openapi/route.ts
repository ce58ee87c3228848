import { Hono } from 'hono'
import type { Web } from '../context.ts'
import type { Env } from '../env.ts'
import { ownOrigin } from '../http/own-origin.ts'
import { describe } from './document.ts'

/** The description of all that programs can do here, with the address of this server in it. */
export function openApiRoutes({ baseUrl, sessions }: Pick<Web, 'baseUrl' | 'sessions'>): Hono<Env> {
  const routes = new Hono<Env>()
  routes.get('/openapi.json', (c) => c.json(describe(ownOrigin(c.env.incoming, baseUrl), sessions.secure)))
  return routes
}
