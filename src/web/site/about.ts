import { Hono } from 'hono'
import { AboutPage } from '../../../views/about-page.tsx'
import { page } from '../../../views/layout.tsx'
import type { Web } from '../context.ts'
import type { Env } from '../env.ts'

export function aboutRoutes({ asset, replaySeconds }: Web): Hono<Env> {
  const routes = new Hono<Env>()
  routes.get('/about', (c) => c.html(page(AboutPage({ asset, replaySeconds }))))
  return routes
}
