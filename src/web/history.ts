import { Hono } from 'hono'
import { History } from '../../views/history.tsx'
import { PAGE_MESSAGES } from '../chat/catch-up.ts'
import { formatId, parseCursor } from '../chat/event.ts'
import { findRoom } from '../chat/find-room.ts'
import type { Page, PageOf } from '../chat/ports.ts'
import { Refusal } from '../chat/refusal.ts'
import type { Slug } from '../chat/room.ts'
import { messageJson } from '../frames/json.ts'
import type { Web } from './app.ts'
import type { Env } from './env.ts'
import { readSlug } from './read-slug.ts'
import { wants } from './wants.ts'

const LIMIT_MAX = 100

/** What was said in a kept room, page by page; a vanishing one has none. */
export function historyRoutes({ chat }: Pick<Web, 'chat'>): Hono<Env> {
  const routes = new Hono<Env>()

  const pageOf = async (room: Slug, of: PageOf, limit: number): Promise<Omit<Page, 'top'>> =>
    (await findRoom(chat.store, room))
      ? chat.store.page(room, of, limit)
      : { messages: [], older: false, newer: false }

  routes.get('/r/:room/messages', async (c) => {
    const room = readSlug(encodeURIComponent(c.req.param('room')))
    const { messages, older } = await pageOf(
      room,
      readBefore(c.req.query('before')),
      readLimit(c.req.query('limit')),
    )
    if (wants(c) === 'html') return c.html(String(History({ messages, older })))
    const [first] = messages
    return c.json({ messages: messages.map(messageJson), before: older && first ? formatId(first.id) : null })
  })

  return routes
}

/** @throws Refusal `invalid` */
function readBefore(before: string | undefined): PageOf {
  if (before === undefined) return { kind: 'newest' }
  const id = parseCursor(before)
  if (!id) throw new Refusal('invalid', 'The parameter before must be the id of a message.')
  return { kind: 'before', id }
}

/** @throws Refusal `invalid` */
function readLimit(limit = String(PAGE_MESSAGES)): number {
  const value = Number(limit)
  if (!/^\d{1,3}$/.test(limit) || value < 1 || value > LIMIT_MAX)
    throw new Refusal('invalid', `The parameter limit must be a whole number from 1 to ${LIMIT_MAX}.`)
  return value
}
