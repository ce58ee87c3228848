import { Hono } from 'hono'
import type { Web } from './app.ts'
import type { Env } from './env.ts'
import { readSlug } from './read-slug.ts'

export function leaveRoutes({ chat }: Pick<Web, 'chat'>): Hono<Env> {
  const routes = new Hono<Env>()
  routes.post('/r/:room/leave', async (c) => {
    await chat.roster.leave(readSlug(encodeURIComponent(c.req.param('room'))), c.var.member)
    return c.redirect('/', 303)
  })
  return routes
}
