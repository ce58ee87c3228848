import { Hono } from 'hono'
import { ComposerPage } from '../../views/composer-page.tsx'
import { page } from '../../views/layout.tsx'
import type { Web } from './app.ts'
import type { Env } from './env.ts'
import { FRAME_CSP } from './headers.ts'
import { readSlug } from './read-slug.ts'

/** The composer's frame in pages without scripts. */
export function composerRoutes({ chat, asset }: Web): Hono<Env> {
  const routes = new Hono<Env>()

  routes.get('/r/:room/composer', (c) => {
    const room = readSlug(encodeURIComponent(c.req.param('room')))
    const back = c.req.query('lines') === undefined ? 'line' : 'lines'
    c.header('Content-Security-Policy', FRAME_CSP)
    return c.html(page(ComposerPage({ asset, room, postKey: chat.secrets.token(), back })))
  })

  return routes
}
