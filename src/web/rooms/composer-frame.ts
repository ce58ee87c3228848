import { Hono } from 'hono'
import { ComposerPage } from '../../../views/composer-page.tsx'
import { page } from '../../../views/layout.tsx'
import { NamePage } from '../../../views/name-form.tsx'
import { PeoplePage } from '../../../views/people-page.tsx'
import type { Web } from '../context.ts'
import type { Env } from '../env.ts'
import { FRAME_CSP } from '../http/headers.ts'
import { PEOPLE_SHOWN_MAX } from '../people/people.ts'

/** The composer's frame in pages without scripts. */
export function composerRoutes({ chat, asset }: Web): Hono<Env> {
  const routes = new Hono<Env>()

  routes.get('/r/:room/composer', async (c) => {
    const { room } = c.var
    const { embed } = c.var
    if (!embed) c.header('Content-Security-Policy', FRAME_CSP)
    const { name, tag } = await chat.roster.seatOf(room, c.var.member)
    if (c.req.query('name') !== undefined) return c.html(page(NamePage({ asset, room, name, ...embed })))
    if (c.req.query('people') !== undefined) {
      const here = await chat.roster.people(room, PEOPLE_SHOWN_MAX)
      return c.html(page(PeoplePage({ asset, room, ...here, me: tag, ...embed })))
    }
    const back = c.req.query('lines') === undefined ? 'line' : 'lines'
    return c.html(page(ComposerPage({ asset, room, name, postKey: chat.secrets.token(), back, ...embed })))
  })

  return routes
}
