import { Hono } from 'hono'
import type { Member } from '../../chat/member.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'

/** Issues a new ticket to a page that stays open. It contains the name that the member has taken meanwhile. */
export function embedTicketRoutes({ chat, tickets }: Pick<WebContext, 'chat' | 'tickets'>): Hono<Env> {
  const routes = new Hono<Env>()

  routes.post('/embed/:room/ticket', async (c) => {
    const { room } = c.var
    const { member } = c.var
    const seat = member.verified ? undefined : await chat.roster.seatIfHere(room, member)
    const renamed: Member = seat ? { ...member, preferredNames: new Map([[room, seat.name]]) } : member
    return c.json({ ticket: tickets.issue(room, renamed) })
  })

  return routes
}
