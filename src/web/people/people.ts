import { Hono } from 'hono'
import { peopleItems } from '../../../views/people.tsx'
import { parseNameBeginning } from '../../chat/names/name.ts'
import type { People, Roster } from '../../chat/ports/roster.ts'
import type { Slug } from '../../chat/room.ts'
import { noticeLine } from '../../frames/terminal.ts'
import { PLAIN_STYLE } from '../../frames/text.ts'
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
    const { count, people } = await findPeople(roster, room, beginning)
    switch (negotiate(c)) {
      case 'json':
        return c.json({ count, people })
      case 'text':
        if (count === 0) return c.text(noticeLine(PLAIN_STYLE, 'Nobody is here.'))
        return c.text(people.map(({ name }) => `${name}\n`).join(''))
      case 'html': {
        const { tag } = await roster.seatOf(room, c.var.member)
        return c.html(peopleItems({ people, count, me: tag }))
      }
    }
  })

  return routes
}

async function findPeople(roster: Roster, room: Slug, beginning: string | undefined): Promise<People> {
  if (beginning === undefined) return roster.listPeople(room, PEOPLE_SHOWN_MAX)
  const prefix = parseNameBeginning(beginning)
  if (prefix === undefined) return { people: [], count: await roster.countHere(room) }
  return roster.listPeople(room, COMPLETIONS_MAX, prefix)
}
