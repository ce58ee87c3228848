import { Hono } from 'hono'
import type { Web } from './app.ts'
import type { Env } from './env.ts'
import { readSlug } from './read-slug.ts'

export function leaveRoutes({ chat }: Pick<Web, 'chat'>): Hono<Env> {
  const routes = new Hono<Env>()
  routes.post('/r/:room/leave', async (c) => {
    const room = readSlug(encodeURIComponent(c.req.param('room')))
    await chat.roster.leave(room, c.var.member)
    chat.presence.changed(room)
    return c.redirect('/', 303)
  })
  return routes
}
