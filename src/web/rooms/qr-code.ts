import { Hono } from 'hono'
import { renderSVG } from 'uqr'
import { Refusal } from '../../chat/refusal.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { roomLink } from '../http/server-origin.ts'

/** A longer link fits in no code that a phone can read. The host comes from the client and can have any length. */
const LINK_MAX = 1_000

/** A room's link as a QR code. */
export function qrCodeRoutes({ baseUrl }: Pick<WebContext, 'baseUrl'>): Hono<Env> {
  const routes = new Hono<Env>()
  routes.get('/r/:room/qr.svg', (c) => {
    const link = roomLink(c, baseUrl, c.var.room)
    if (link.length > LINK_MAX)
      throw new Refusal('not-found', 'The link to this room is too long for a QR code.')
    c.header('Content-Type', 'image/svg+xml')
    return c.body(renderSVG(link, { border: 2, pixelSize: 4 }))
  })
  return routes
}
