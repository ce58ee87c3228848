import { Hono } from 'hono'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'

/** Signs of life that a page gives while its stream is open. */
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
