import { Hono } from 'hono'
import { roomPath } from '../../../views/room-path.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { isTextBrowser } from '../http/negotiate.ts'
import { roomLink } from '../http/server-origin.ts'

/** A room's page, for requests that the fast path (`fast-room-route.ts`) does not match. */
export function roomRoutes({
  baseUrl,
  buildRoomPage,
}: Pick<WebContext, 'baseUrl' | 'buildRoomPage'>): Hono<Env> {
  const routes = new Hono<Env>()

  routes.get('/r/:room', async (c) => {
    const { room } = c.var
    if (room !== c.req.param('room')) return c.redirect(roomPath(room), 301)
    const { incoming } = c.env
    if (isTextBrowser(incoming)) return c.redirect(`${roomPath(room)}/log`, 302)
    const { cookie: cookies } = incoming.headers
    const link = roomLink(c, baseUrl, room)
    return c.html(await buildRoomPage(room, { member: c.get('member'), cookies, link }))
  })

  return routes
}
