import { Hono } from 'hono'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { negotiate } from '../http/negotiate.ts'
import { readRoomSlug } from '../http/read-slug.ts'

export function leaveRoutes({ chat, sessions }: Pick<WebContext, 'chat' | 'sessions'>): Hono<Env> {
  const routes = new Hono<Env>()
  routes.post('/r/:room/leave', async (c) => {
    const room = readRoomSlug(c)
    await chat.roster.leave(room, c.var.member)
    if (c.var.member.preferredNames?.has(room))
      c.header('Set-Cookie', sessions.preferredNames.setCookie(c.var.member, room, undefined), {
        append: true,
      })
    if (c.var.session) c.set('sessionCookies', [sessions.cookieAfterLeaving(c.var.session)])
    return negotiate(c) === 'html' ? c.redirect('/', 303) : c.body(null, 204)
  })
  return routes
}
