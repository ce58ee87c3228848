import { type Context, Hono } from 'hono'
import { History } from '../../../views/history.tsx'
import { renderPage } from '../../../views/layout.tsx'
import { htmlLength } from '../../../views/message-html.ts'
import { PermalinkPage } from '../../../views/permalink-page.tsx'
import { roomPath } from '../../../views/room-path.ts'
import { findMessage } from '../../chat/actions/change-message.ts'
import { PAGE_MESSAGES } from '../../chat/delivery/catch-up.ts'
import { parseCursor } from '../../chat/event.ts'
import { findRoom } from '../../chat/find-room.ts'
import { readHistory } from '../../chat/history/read-history.ts'
import type { HistoryQuery } from '../../chat/ports/store.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { wantsFragment } from '../http/negotiate.ts'
import { identifyEditor } from './editor.ts'

/** Past messages of a kept room: before or after a message, or around a linked one. */
export function permalinkRoutes({ chat, asset }: WebContext): Hono<Env> {
  const routes = new Hono<Env>()

  routes.get('/r/:room', async (c, next) => {
    const query = readHistoryQuery(c)
    if (!query) return next()
    const { room } = c.var
    const caller = await identifyEditor(chat, c, room)
    // The page around a message contains it, so a deleted message is refused.
    const linked = query.kind === 'around' ? await findMessage(chat, caller, room, query.id) : undefined
    if (!(await findRoom(chat.store, room))) throw new Refusal('not-found', 'Nothing is kept in this room.')
    const historyPage = await readHistory(chat, room, query, PAGE_MESSAGES, htmlLength)
    if (wantsFragment(c)) return c.html(String(History(historyPage)))
    const { tag } = await chat.roster.seatOf(room, caller.member)
    const changeable = linked?.canChange ? linked.message.id : undefined
    return c.html(renderPage(PermalinkPage({ asset, room, me: tag, changeable, ...historyPage })))
  })

  // Links in the log of a page without scripts lead here.
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
