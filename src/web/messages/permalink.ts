import { type Context, Hono } from 'hono'
import { History } from '../../../views/history.tsx'
import { renderPage } from '../../../views/layout.tsx'
import { PermalinkPage } from '../../../views/permalink-page.tsx'
import { roomPath } from '../../../views/room-path.ts'
import { findMessage } from '../../chat/actions/change-message.ts'
import { PAGE_MESSAGES } from '../../chat/delivery/catch-up.ts'
import { parseCursor } from '../../chat/event.ts'
import { findRoom } from '../../chat/find-room.ts'
import type { HistoryQuery } from '../../chat/ports/store.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { wantsFragment } from '../http/negotiate.ts'
import { identifyEditor } from './editor.ts'

/** What was said earlier in a kept room: before or after a message, or around the one that a link leads to. */
export function permalinkRoutes({ chat, asset }: WebContext): Hono<Env> {
  const routes = new Hono<Env>()

  routes.get('/r/:room', async (c, next) => {
    const of = readHistoryQuery(c)
    if (!of) return next()
    const { room } = c.var
    const who = await identifyEditor(chat, c, room)
    // What is gone has no surroundings; those of a message that is there begin or end with it.
    const marked = of.kind === 'around' ? await findMessage(chat, who, room, of.id) : undefined
    if (!(await findRoom(chat.store, room))) throw new Refusal('not-found', 'Nothing is kept in this room.')
    const past = await chat.store.readPage(room, of, PAGE_MESSAGES)
    if (wantsFragment(c)) return c.html(String(History(past)))
    const { tag } = await chat.roster.seatOf(room, who.member)
    const changeable = marked?.canChange ? marked.message.id : undefined
    return c.html(renderPage(PermalinkPage({ asset, room, me: tag, changeable, ...past })))
  })

  // Where a link leads that stands in the log of a page without scripts.
  routes.get('/r/:room/live.html', (c) => {
    const { room } = c.var
    return c.redirect(roomPath(room) + new URL(c.req.url).search, 302)
  })

  return routes
}

/** @throws Refusal `invalid` */
function readHistoryQuery(c: Context<Env>): HistoryQuery | undefined {
  for (const kind of ['around', 'before', 'after'] as const) {
    const value = c.req.query(kind)
    if (value === undefined) continue
    const id = parseCursor(value)
    if (!id) throw new Refusal('invalid', `The parameter ${kind} must be the id of a message.`)
    return { kind, id }
  }
  return undefined
}
