import { Hono } from 'hono'
import { renderSVG } from 'uqr'
import { RecentCache } from '../../chat/recent-cache.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { roomLink } from '../http/server-origin.ts'

/** A longer link fits in no code that a phone can read. The host comes from the client and can have any length. */
const LINK_MAX = 1_000

/** Codes that are kept, up to 100 KB each. A code is shown when a room is shared, to several people at once. */
const CACHED_MAX = 64

/**
 * The pattern of all codes. The standard (ISO/IEC 18004 §7.8.3) recommends the best of eight, and trying them takes
 * eight times as long; readers take any.
 */
const MASK_PATTERN = 0

/** A room's link as a QR code. */
export function qrCodeRoutes({ baseUrl }: Pick<WebContext, 'baseUrl'>): Hono<Env> {
  const cached = new RecentCache<string>(CACHED_MAX)
  const routes = new Hono<Env>()
  routes.get('/r/:room/qr.svg', (c) => {
    const link = roomLink(c, baseUrl, c.var.room)
    if (link.length > LINK_MAX)
      throw new Refusal('not-found', 'The link to this room is too long for a QR code.')
    const svg = cached.get(link) ?? renderSVG(link, { border: 2, pixelSize: 4, maskPattern: MASK_PATTERN })
    cached.set(link, svg)
    c.header('Content-Type', 'image/svg+xml')
    return c.body(svg)
  })
  return routes
}
