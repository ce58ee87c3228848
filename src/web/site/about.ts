import { Hono } from 'hono'
import { AboutPage } from '../../../views/about-page.tsx'
import { renderPage } from '../../../views/layout.tsx'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'

export function aboutRoutes({ asset, replaySeconds }: WebContext): Hono<Env> {
  const routes = new Hono<Env>()
  routes.get('/about', (c) => c.html(renderPage(AboutPage({ asset, replaySeconds }))))
  return routes
}
