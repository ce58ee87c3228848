import { Hono } from 'hono'
import { EmbedPage } from '../../../views/embed-page.tsx'
import { renderPage } from '../../../views/layout.tsx'
import { roomPath } from '../../../views/room-path.ts'
import type { Slug } from '../../chat/room.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { readQuery } from '../http/embed-address.ts'
import { embedCsp } from '../http/headers.ts'
import { readRoomSlug } from '../http/read-slug.ts'
import { roomLink } from '../http/server-origin.ts'
import { roomSnapshot } from '../rooms/room-snapshot.ts'
import { readAllowedOrigins } from './allowed-origins.ts'
import { embedPageUrl } from './links.ts'
import { readAppearance } from './read-appearance.ts'
import { identifyEmbedVisitor } from './visitor-of-embed.ts'

/** The page of a room for an iframe in another site's page. */
export function embedRoutes(web: WebContext): Hono<Env> {
  const { chat, asset, tickets, heartbeatSeconds } = web
  const routes = new Hono<Env>()

  routes.get('/embed/:room', async (c) => {
    const query = readQuery(c.env.incoming.url)
    const appearance = readAppearance(query)
    c.set('embedFailure', { appearance, named: query.has('token') })
    c.header('Content-Security-Policy', embedCsp([web.embedOrigins]))
    const room = readRoomSlug(c)
    if (room !== c.req.param('room'))
      return c.redirect(`/embed/${encodeURIComponent(room)}${new URL(c.req.url).search}`, 301)
    // The time of a message links here. It opens in a window of its own.
    if (LINK_PARAMETERS.some((name) => query.has(name))) return c.redirect(linkInRoom(room, query), 302)
    c.header('Content-Security-Policy', embedCsp(await readAllowedOrigins(web, room)))
    const { member, isNewMember } = await identifyEmbedVisitor(web, c, room)
    const ticket = tickets.issue(room, member)
    return c.html(
      renderPage(
        EmbedPage({
          ...(await roomSnapshot(chat, room, member)),
          asset,
          room,
          link: roomLink(c, web.baseUrl, room),
          appearance,
          isNewMember,
          hasVouchedName: member.verified === true,
          ticket,
          url: embedPageUrl(room, appearance, ticket),
          heartbeatSeconds,
          postKey: chat.secrets.token(),
        }),
      ),
    )
  })

  // Links in the log of an embed without scripts lead here.
  routes.get('/embed/:room/live.html', (c) => {
    const room = readRoomSlug(c)
    return c.redirect(linkInRoom(room, readQuery(c.env.incoming.url)), 302)
  })

  return routes
}

/** The parameters of links to messages. The others of an embed, its ticket and token among them, stay in the embed. */
const LINK_PARAMETERS = ['around', 'before'] as const

function linkInRoom(room: Slug, query: URLSearchParams): string {
  const wanted = LINK_PARAMETERS.flatMap((name) => {
    const value = query.get(name)
    return value === null ? [] : [[name, value]]
  })
  return wanted.length === 0 ? roomPath(room) : `${roomPath(room)}?${new URLSearchParams(wanted)}`
}
