import { Hono } from 'hono'
import type { WebContext } from '../context.ts'

export function healthRoutes({ ready }: Pick<WebContext, 'ready'>): Hono {
  const routes = new Hono()
  routes.get('/healthz', (c) => c.text('alive\n'))
  routes.get('/readyz', (c) =>
    ready() ? c.text('ready\n') : c.text('draining\n', 503, { 'Retry-After': '5' }),
  )
  return routes
}
