import { Hono } from 'hono'
import { page } from '../../views/layout.tsx'
import { RoomPage } from '../../views/room-page.tsx'
import { roomPath } from '../../views/room-path.ts'
import type { Web } from './app.ts'
import type { Env } from './env.ts'
import { ownerOf } from './owner-cookie.ts'
import { readSlug } from './read-slug.ts'
import { sightOf } from './room-sight.ts'
import { linkTo } from './share.ts'

export function roomRoutes({ chat, asset, baseUrl, beatSeconds }: Web): Hono<Env> {
  const routes = new Hono<Env>()

  routes.get('/r/:room', async (c) => {
    const room = readSlug(encodeURIComponent(c.req.param('room')))
    if (room !== c.req.param('room')) return c.redirect(roomPath(room), 301)
    return c.html(
      page(
        RoomPage({
          ...(await sightOf(chat, room, c.var.member)),
          asset,
          room,
          link: linkTo(c, baseUrl, room),
          beatSeconds,
          owner: await ownerOf(chat, room, c.req.header('Cookie')),
          composer: { room, postKey: chat.secrets.token() },
        }),
      ),
    )
  })

  return routes
}
