import { Hono } from 'hono'
import { History } from '../../../views/history.tsx'
import { htmlLength } from '../../../views/message-html.ts'
import { retentionSentence } from '../../../views/retention.tsx'
import { PAGE_MESSAGES } from '../../chat/delivery/catch-up.ts'
import { formatId, parseCursor } from '../../chat/event.ts'
import { findRoom } from '../../chat/find-room.ts'
import { readHistory } from '../../chat/history/read-history.ts'
import type { HistoryPage, HistoryQuery } from '../../chat/ports/store.ts'
import { Refusal } from '../../chat/refusal.ts'
import { jsonLength } from '../../frames/json.ts'
import { historyLines, noticeLine, textLength } from '../../frames/terminal.ts'
import { PLAIN_STYLE } from '../../frames/text.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { isFromTerminal, negotiate } from '../http/negotiate.ts'
import { roomLink } from '../http/server-origin.ts'
import { messagesJsonFor } from './message-json.ts'

const LIMIT_MAX = 100

/** The messages of a kept room, page by page. A vanishing room has none. */
export function historyRoutes({ chat, baseUrl }: Pick<WebContext, 'chat' | 'baseUrl'>): Hono<Env> {
  const routes = new Hono<Env>()

  routes.get('/r/:room/messages', async (c) => {
    const { room } = c.var
    const query = readBefore(c.req.query('before'))
    const limit = readLimit(c.req.query('limit'))
    const kept = await findRoom(chat.store, room)
    const inTerminal = isFromTerminal(c)
    const inHtml = !inTerminal && negotiate(c) === 'html'
    const lengthOf = inTerminal ? textLength : inHtml ? htmlLength : jsonLength
    const { messages, older } = kept ? await readHistory(chat, room, query, limit, lengthOf) : EMPTY_PAGE
    const [first] = messages
    const before = older && first ? formatId(first.id) : null
    if (inTerminal) {
      const address = `${roomLink(c, baseUrl, room)}/messages?before=${before}&limit=${limit}`
      const notice = before ? `Older messages: curl '${address}'` : first ? '' : retentionSentence(kept)
      return c.text(noticeLine(PLAIN_STYLE, notice) + historyLines(PLAIN_STYLE, messages))
    }
    if (inHtml) return c.html(String(History({ messages, older })))
    return c.json({ messages: await messagesJsonFor(chat, c.var.member, room, messages), before })
  })

  return routes
}

const EMPTY_PAGE: Omit<HistoryPage, 'top'> = { messages: [], older: false, newer: false }

/** @throws Refusal `invalid` */
function readBefore(before: string | undefined): HistoryQuery {
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
