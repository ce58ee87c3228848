import { Hono } from 'hono'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'

/** Signals that a page sends while its stream is open: it is alive, or its member is typing. */
export function presenceRoutes({ chat }: Pick<WebContext, 'chat'>): Hono<Env> {
  const routes = new Hono<Env>()

  routes.post('/r/:room/here', async (c) => {
    await chat.roster.confirmLiveness(c.var.room, c.var.member)
    return c.body(null, 204)
  })

  routes.post('/r/:room/typing', async (c) => {
    await chat.presence.announceTyping(c.var.room, c.var.member)
    return c.body(null, 204)
  })

  return routes
}
