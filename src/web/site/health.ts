import { Hono } from 'hono'
import type { Web } from '../context.ts'

export function healthRoutes({ ready }: Pick<Web, 'ready'>): Hono {
  const routes = new Hono()
  routes.get('/healthz', (c) => c.text('alive\n'))
  routes.get('/readyz', (c) =>
    ready() ? c.text('ready\n') : c.text('draining\n', 503, { 'Retry-After': '5' }),
  )
  return routes
}
