import { type Context, Hono } from 'hono'
import { EmbedPage } from '../../views/embed-page.tsx'
import { page } from '../../views/layout.tsx'
import { roomPath } from '../../views/room-path.ts'
import type { Member } from '../chat/member.ts'
import type { Slug } from '../chat/room.ts'
import type { Web } from './app.ts'
import { queryOf } from './embed-address.ts'
import { originsAround } from './embed-origins.ts'
import { embedLinks } from './embed-part.ts'
import type { Env } from './env.ts'
import { embedCsp } from './headers.ts'
import { readLook } from './read-look.ts'
import { readSlug } from './read-slug.ts'
import { sightOf } from './room-sight.ts'
import { withWishes } from './wished-names.ts'

/** A room as it stands in other sites' pages. */
export function embedRoutes(web: Web): Hono<Env> {
  const { chat, asset, tickets, embedSessions, beatSeconds } = web
  const routes = new Hono<Env>()

  /** Who looks: the ticket that the page brings back is worth more than a cookie. */
  const arrive = (c: Context<Env>, room: Slug): Arrived => {
    const cookies = c.req.header('Cookie')
    const shown = tickets.read(room, c.req.query('ticket'))
    if (shown) return { member: shown, fresh: false }
    const fresh = embedSessions.read(cookies) === undefined
    const { session, setCookie } = embedSessions.open(cookies)
    if (setCookie) c.header('Set-Cookie', setCookie, { append: true })
    return { member: withWishes(session.member, cookies, embedSessions.jar), fresh }
  }

  routes.get('/embed/:room', async (c) => {
    const room = readSlug(encodeURIComponent(c.req.param('room')))
    const query = queryOf(c.env.incoming.url)
    // Where the time of a message leads, in a window of its own.
    if (query.has('around') || query.has('before')) return c.redirect(`${roomPath(room)}?${query}`, 302)
    const look = readLook(query)
    c.header('Content-Security-Policy', embedCsp(await originsAround(web, room)))
    const { member, fresh } = arrive(c, room)
    const ticket = tickets.issue(room, member)
    return c.html(
      page(
        EmbedPage({
          ...(await sightOf(chat, room, member)),
          asset,
          room,
          look,
          fresh,
          named: member.verified === true,
          ticket,
          url: embedLinks(room, look, ticket),
          beatSeconds,
          postKey: chat.secrets.token(),
        }),
      ),
    )
  })

  // Where a link leads that stands in the log of an embed without scripts.
  routes.get('/embed/:room/live.html', (c) => {
    const room = readSlug(encodeURIComponent(c.req.param('room')))
    return c.redirect(roomPath(room) + new URL(c.req.url).search, 302)
  })

  return routes
}

interface Arrived {
  readonly member: Member
  /** Whether nothing was known of them. */
  readonly fresh: boolean
}
