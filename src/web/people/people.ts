import { Hono } from 'hono'
import { peopleItems } from '../../../views/people.tsx'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { negotiate } from '../http/negotiate.ts'

/** The most people who are shown by name. The count includes the others. */
export const PEOPLE_SHOWN_MAX = 100

/** The most suggestions when a member completes a name. */
const COMPLETIONS_MAX = 8

/** The people in a room. */
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
