import { Hono } from 'hono'
import { peopleItems } from '../../../views/people.tsx'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { negotiate } from '../http/negotiate.ts'

/** So many are shown by name; the count says how many more there are. */
export const PEOPLE_SHOWN_MAX = 100

/** So many are offered to whoever completes a name. */
const COMPLETIONS_MAX = 8

/** Who is here. */
export function peopleRoutes({ chat: { roster } }: Pick<WebContext, 'chat'>): Hono<Env> {
  const routes = new Hono<Env>()

  routes.get('/r/:room/people', async (c) => {
    const { room } = c.var
    const beginning = c.req.query('beginning')
    const limit = beginning === undefined ? PEOPLE_SHOWN_MAX : COMPLETIONS_MAX
    const { count, people } = await roster.listPeople(room, limit, beginning)
    switch (negotiate(c)) {
      case 'json':
        return c.json({ count, people })
      case 'text':
        return c.text(people.map(({ name }) => `${name}\n`).join(''))
      case 'html': {
        const { tag } = await roster.seatOf(room, c.var.member)
        return c.html(peopleItems({ people, count, me: tag }))
      }
    }
  })

  return routes
}
