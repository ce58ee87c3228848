import { Hono } from 'hono'
import type { Web } from '../context.ts'
import type { Env } from '../env.ts'
import { wants } from '../http/negotiate.ts'
import { roomOf } from '../http/read-slug.ts'
import { wishCookie } from '../visitor/preferred-names.ts'

export function leaveRoutes({ chat, sessions }: Pick<Web, 'chat' | 'sessions'>): Hono<Env> {
  const routes = new Hono<Env>()
  routes.post('/r/:room/leave', async (c) => {
    const room = roomOf(c)
    await chat.roster.leave(room, c.var.member)
    if (c.var.member.wishes?.has(room))
      c.header('Set-Cookie', wishCookie(c.var.member, room, undefined, sessions.jar), { append: true })
    if (c.var.session) c.set('sessionCookie', sessions.afterLeaving(c.var.session))
    return wants(c) === 'html' ? c.redirect('/', 303) : c.body(null, 204)
  })
  return routes
}
