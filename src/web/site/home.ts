import { Hono } from 'hono'
import { HomePage } from '../../../views/home-page.tsx'
import { renderPage } from '../../../views/layout.tsx'
import { homeUsage } from '../../../views/terminal-usage.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { isFromTerminal } from '../http/negotiate.ts'
import { serverOrigin } from '../http/server-origin.ts'
import { listedRooms } from '../rooms/listed-rooms.ts'

export function homeRoutes({ chat, asset, baseUrl }: WebContext): Hono<Env> {
  const routes = new Hono<Env>()

  routes.get('/', async (c) => {
    const listed = await listedRooms(chat)
    if (isFromTerminal(c)) return c.text(homeUsage({ origin: serverOrigin(c.env.incoming, baseUrl), listed }))
    return c.html(renderPage(HomePage({ asset, listed })))
  })

  return routes
}
