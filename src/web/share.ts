import { Hono } from 'hono'
import { renderSVG } from 'uqr'
import type { Web } from './app.ts'
import type { Env } from './env.ts'
import { joinLink } from './origin.ts'
import { roomOf } from './read-slug.ts'

/** A room's link as a QR code. */
export function shareRoutes({ baseUrl }: Pick<Web, 'baseUrl'>): Hono<Env> {
  const routes = new Hono<Env>()
  routes.get('/r/:room/qr.svg', (c) => {
    const room = roomOf(c)
    c.header('Content-Type', 'image/svg+xml')
    return c.body(renderSVG(joinLink(c, baseUrl, room), { border: 2, pixelSize: 4 }))
  })
  return routes
}
