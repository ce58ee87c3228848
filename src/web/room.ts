import { Hono } from 'hono'
import { roomPages } from '../../views/room-page.tsx'
import { roomPath } from '../../views/room-path.ts'
import type { Web } from './app.ts'
import { embedsNowhere } from './embed-origins.ts'
import type { Env } from './env.ts'
import { ownerOf } from './owner-cookie.ts'
import { readSlug } from './read-slug.ts'
import { sightOf } from './room-sight.ts'
import { linkTo } from './share.ts'
import { isTextBrowser } from './wants.ts'

export function roomRoutes(web: Web): Hono<Env> {
  const { chat, asset, baseUrl, beatSeconds, embedOrigins } = web
  const routes = new Hono<Env>()
  const page = roomPages(asset, beatSeconds)

  routes.get('/r/:room', async (c) => {
    const room = readSlug(encodeURIComponent(c.req.param('room')))
    if (room !== c.req.param('room')) return c.redirect(roomPath(room), 301)
    if (isTextBrowser(c)) return c.redirect(`${roomPath(room)}/log`, 302)
    const sight = await sightOf(chat, room, c.get('member'))
    return c.html(
      page({
        ...sight,
        room,
        link: linkTo(c, baseUrl, room),
        owner: sight.kept !== undefined && (await ownerOf(chat, room, c.req.header('Cookie'))),
        // A vanishing room has no list of its own.
        embeddable: embedOrigins.length > 0 && !(sight.kept && (await embedsNowhere(web, room))),
        postKey: chat.secrets.token(),
      }),
    )
  })

  return routes
}
