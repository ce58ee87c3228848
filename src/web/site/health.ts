import { Hono } from 'hono'
import type { WebContext } from '../context.ts'

export function healthRoutes({ ready, problem }: Pick<WebContext, 'ready' | 'problem'>): Hono {
  const routes = new Hono()
  routes.get('/healthz', (c) => c.text('alive\n'))
  routes.get('/readyz', (c) => {
    const reason = ready() ? problem() : 'draining'
    return reason === undefined ? c.text('ready\n') : c.text(`${reason}\n`, 503, { 'Retry-After': '5' })
  })
  return routes
}
