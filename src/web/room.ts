import { Hono } from 'hono'
import { page } from '../../views/layout.tsx'
import { RoomPage } from '../../views/room-page.tsx'
import { roomPath } from '../../views/room-path.ts'
import { tagOf } from '../chat/author.ts'
import { giveCursor } from '../chat/given-cursor.ts'
import type { Web } from './app.ts'
import type { Env } from './env.ts'
import { readSlug } from './read-slug.ts'
import { linkTo } from './share.ts'

export function roomRoutes({ chat, asset, baseUrl, beatSeconds }: Web): Hono<Env> {
  const routes = new Hono<Env>()

  routes.get('/r/:room', async (c) => {
    const room = readSlug(encodeURIComponent(c.req.param('room')))
    if (room !== c.req.param('room')) return c.redirect(roomPath(room), 301)
    const { member } = c.var
    const { cursor, proof } = await giveCursor(chat, room, member)
    return c.html(
      page(
        RoomPage({
          asset,
          room,
          link: linkTo(c, baseUrl, room),
          name: await chat.roster.nameOf(room, member),
          tag: tagOf(chat, room, member),
          // Whoever looks at the page is about to be here too.
          here: Math.max(1, await chat.roster.here(room)),
          begin: `?${new URLSearchParams({ after: cursor, proof })}`,
          beatSeconds,
          composer: { room, postKey: chat.secrets.token() },
        }),
      ),
    )
  })

  return routes
}
