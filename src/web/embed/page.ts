import { Hono } from 'hono'
import { EmbedPage } from '../../../views/embed-page.tsx'
import { page } from '../../../views/layout.tsx'
import { roomPath } from '../../../views/room-path.ts'
import type { Web } from '../context.ts'
import type { Env } from '../env.ts'
import { queryOf } from '../http/embed-address.ts'
import { embedCsp } from '../http/headers.ts'
import { roomOf } from '../http/read-slug.ts'
import { sightOf } from '../rooms/room-snapshot.ts'
import { originsAround } from './allowed-origins.ts'
import { embedLinks } from './links.ts'
import { readLook } from './read-appearance.ts'
import { arrive } from './visitor-of-embed.ts'

/** A room as it stands in other sites' pages. */
export function embedRoutes(web: Web): Hono<Env> {
  const { chat, asset, tickets, beatSeconds } = web
  const routes = new Hono<Env>()

  routes.get('/embed/:room', async (c) => {
    const query = queryOf(c.env.incoming.url)
    const look = readLook(query)
    c.set('frame', { look, named: query.has('token') })
    c.header('Content-Security-Policy', embedCsp([web.embedOrigins]))
    const room = roomOf(c)
    if (room !== c.req.param('room'))
      return c.redirect(`/embed/${encodeURIComponent(room)}${new URL(c.req.url).search}`, 301)
    // Where the time of a message leads, in a window of its own.
    if (query.has('around') || query.has('before')) return c.redirect(`${roomPath(room)}?${query}`, 302)
    c.header('Content-Security-Policy', embedCsp(await originsAround(web, room)))
    const { member, fresh } = await arrive(web, c, room)
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
    const room = roomOf(c)
    return c.redirect(roomPath(room) + new URL(c.req.url).search, 302)
  })

  return routes
}
