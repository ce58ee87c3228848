import { Hono } from 'hono'
import { roomPath } from '../../../views/room-path.ts'
import { roomUsage } from '../../../views/terminal-usage.ts'
import { findRoom } from '../../chat/find-room.ts'
import { settingsJson } from '../../frames/json.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { isFromTerminal, negotiate } from '../http/negotiate.ts'
import { roomLink, serverOrigin } from '../http/server-origin.ts'

/** A room's address for clients that want no page: in a terminal how to use the room, for programs its description. */
export function roomUsageRoutes({ chat, baseUrl }: Pick<WebContext, 'chat' | 'baseUrl'>): Hono<Env> {
  const routes = new Hono<Env>()

  routes.get('/r/:room', async (c, next) => {
    const inTerminal = isFromTerminal(c)
    if (!inTerminal && negotiate(c) !== 'json') return next()
    const { room } = c.var
    if (room !== c.req.param('room')) return c.redirect(roomPath(room), 301)
    const kept = await findRoom(chat.store, room)
    const [url, here] = [roomLink(c, baseUrl, room), await chat.roster.countHere(room)]
    if (!inTerminal) return c.json({ room, url, here, keeps: kept ? settingsJson(kept) : null })
    const similar = await chat.similarRooms.find(chat, room)
    const origin = serverOrigin(c.env.incoming, baseUrl)
    return c.text(roomUsage({ room, link: url, here, kept, similar, origin }))
  })

  return routes
}
