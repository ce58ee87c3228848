import { Hono } from 'hono'
import { ComposerPage } from '../../../views/composer-page.tsx'
import { renderPage } from '../../../views/layout.tsx'
import { NamePage } from '../../../views/name-form.tsx'
import { PeoplePage } from '../../../views/people-page.tsx'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { IFRAME_CSP } from '../http/headers.ts'
import { PEOPLE_SHOWN_MAX } from '../people/people.ts'

/** The composer's frame in pages without scripts. */
export function composerRoutes({ chat, asset }: WebContext): Hono<Env> {
  const routes = new Hono<Env>()

  routes.get('/r/:room/composer', async (c) => {
    const { room } = c.var
    const { embed } = c.var
    if (!embed) c.header('Content-Security-Policy', IFRAME_CSP)
    const { name, tag } = await chat.roster.seatOf(room, c.var.member)
    if (c.req.query('name') !== undefined)
      return c.html(renderPage(NamePage({ asset, room, name, ...embed })))
    if (c.req.query('people') !== undefined) {
      const here = await chat.roster.listPeople(room, PEOPLE_SHOWN_MAX)
      return c.html(renderPage(PeoplePage({ asset, room, ...here, me: tag, ...embed })))
    }
    const returnTo = c.req.query('lines') === undefined ? 'line' : 'lines'
    return c.html(
      renderPage(ComposerPage({ asset, room, name, postKey: chat.secrets.token(), returnTo, ...embed })),
    )
  })

  return routes
}
