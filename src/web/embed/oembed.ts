import { Hono } from 'hono'
import { embedIframe, type OEmbed, oembedXml, wordPressEmbed } from '../../../views/oembed.tsx'
import { roomPath } from '../../../views/room-path.ts'
import { parseUrl } from '../../chat/bounded-text.ts'
import { findRoom } from '../../chat/find-room.ts'
import type { Secrets } from '../../chat/ports/secrets.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { decodeSlug } from '../http/read-slug.ts'
import { isEmbeddingForbidden } from './allowed-origins.ts'

/** The size of an embed in pixels, unless the request allows less. */
const WIDTH_DEFAULT = 640
const HEIGHT_DEFAULT = 480

/** The secrets of WordPress have 10 letters and digits. */
const SECRET_CHARACTERS = 10

/** The path of a room's page or of its embed. */
const ROOM_PATH_PATTERN = /^\/(?:r|embed)\/([^/]+)\/?$/

/** Describes to other sites how to show a link to a room: oEmbed 1.0, https://oembed.com. Creates nothing. */
export function oembedRoutes(web: Pick<WebContext, 'chat' | 'embedOrigins' | 'baseUrl'>): Hono<Env> {
  const routes = new Hono<Env>()

  routes.get('/oembed', async (c) => {
    const format = c.req.query('format') ?? 'json'
    if (format !== 'json' && format !== 'xml') {
      c.header('Content-Type', 'text/plain; charset=utf-8')
      return c.body('The format must be json or xml.\n', 501)
    }
    const origin = web.baseUrl ?? new URL(c.req.url).origin
    const room = parseRoomUrl(c.req.query('url') ?? '', origin)
    await findRoom(web.chat.store, room, 'not-found')
    if (await isEmbeddingForbidden(web, room)) throw new Refusal('not-found', 'No page may embed this room.')
    const [width, height] = [
      fitSize(WIDTH_DEFAULT, c.req.query('maxwidth')),
      fitSize(HEIGHT_DEFAULT, c.req.query('maxheight')),
    ]
    const src = `${origin}/embed/${encodeURIComponent(room)}`
    c.header('Vary', 'User-Agent', { append: true })
    const embed: OEmbed = {
      version: '1.0',
      type: 'rich',
      title: room,
      provider_name: 'Snug',
      provider_url: origin,
      html: isWordPress(c.req.header('User-Agent'))
        ? wordPressEmbed({
            src,
            room,
            height,
            link: origin + roomPath(room),
            secret: frameSecret(web.chat.secrets),
          })
        : embedIframe({ src, room, width, height }),
      width,
      height,
    }
    if (format === 'json') return c.json(embed)
    c.header('Content-Type', 'text/xml; charset=utf-8')
    return c.body(oembedXml(embed))
  })

  return routes
}

/** Whether WordPress asks: it names itself and its site, as in `WordPress/6.1.9; https://blog.example`. */
function isWordPress(userAgent: string | undefined): boolean {
  return userAgent?.startsWith('WordPress') ?? false
}

/** Tells the frames of one page apart. It protects nothing. */
function frameSecret(secrets: Secrets): string {
  return secrets
    .hash(secrets.token())
    .replace(/[^a-z\d]/gi, '')
    .slice(0, SECRET_CHARACTERS)
}

/** @throws Refusal `not-found` unless it is the address of a room on this server */
function parseRoomUrl(address: string, origin: string): Slug {
  const url = parseUrl(address)
  const [, room] = (url?.origin === origin && ROOM_PATH_PATTERN.exec(url.pathname)) || []
  if (room === undefined) throw new Refusal('not-found', 'This is not the address of a room here.')
  return decodeSlug(room)
}

/** The default size, or `max` if the other site has less space. */
function fitSize(fallback: number, max: string | undefined): number {
  const available = /^\d{1,9}$/.test(max ?? '') ? Number(max) : fallback
  return Math.max(1, Math.min(available, fallback))
}
