import { Hono } from 'hono'
import { HomePage } from '../../../views/home-page.tsx'
import { page } from '../../../views/layout.tsx'
import { homeUsage } from '../../../views/terminal-usage.ts'
import type { Web } from '../context.ts'
import type { Env } from '../env.ts'
import { fromTerminal } from '../http/negotiate.ts'
import { ownOrigin } from '../http/own-origin.ts'
import { listedRooms } from '../rooms/listed-rooms.ts'

export function homeRoutes({ chat, asset, baseUrl }: Web): Hono<Env> {
  const routes = new Hono<Env>()

  routes.get('/', async (c) => {
    const listed = await listedRooms(chat)
    if (fromTerminal(c)) return c.text(homeUsage({ origin: ownOrigin(c.env.incoming, baseUrl), listed }))
    return c.html(page(HomePage({ asset, listed })))
  })

  return routes
}
