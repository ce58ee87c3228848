import { Hono } from 'hono'
import { History } from '../../../views/history.tsx'
import { renderText } from '../../../views/render-text.ts'
import { retentionSentence } from '../../../views/retention.tsx'
import { PAGE_MESSAGES } from '../../chat/delivery/catch-up.ts'
import { formatId, type Posted, parseCursor } from '../../chat/event.ts'
import { findRoom } from '../../chat/find-room.ts'
import type { HistoryPage, HistoryQuery } from '../../chat/ports/store.ts'
import { Refusal } from '../../chat/refusal.ts'
import { messageJson } from '../../frames/json.ts'
import { historyLines, noticeLine } from '../../frames/terminal.ts'
import { PLAIN_STYLE } from '../../frames/text.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { isFromTerminal, negotiate } from '../http/negotiate.ts'
import { roomLink } from '../http/server-origin.ts'

const LIMIT_MAX = 100

/** The most characters of a page, unless it is a single message. 100 messages full of links would be some 7 MB. */
const PAGE_MAX_LENGTH = 1024 * 1024

/** An upper bound: no format makes a text this many times as long. */
const RENDER_GROWTH_MAX = 25

/** The messages of a kept room, page by page. A vanishing room has none. */
export function historyRoutes({ chat, baseUrl }: Pick<WebContext, 'chat' | 'baseUrl'>): Hono<Env> {
  const routes = new Hono<Env>()

  routes.get('/r/:room/messages', async (c) => {
    const { room } = c.var
    const query = readBefore(c.req.query('before'))
    const limit = readLimit(c.req.query('limit'))
    const kept = await findRoom(chat.store, room)
    const page = kept ? await chat.store.readPage(room, query, limit) : EMPTY_PAGE
    const messages = trimToPageLength(page.messages)
    const older = page.older || messages.length < page.messages.length
    const [first] = messages
    const before = older && first ? formatId(first.id) : null
    if (isFromTerminal(c)) {
      const address = `${roomLink(c, baseUrl, room)}/messages?before=${before}&limit=${limit}`
      const notice = before ? `Older messages: curl '${address}'` : first ? '' : retentionSentence(kept)
      return c.text(noticeLine(PLAIN_STYLE, notice) + historyLines(PLAIN_STYLE, messages))
    }
    if (negotiate(c) === 'html') return c.html(String(History({ messages, older })))
    return c.json({ messages: messages.map(messageJson), before })
  })

  return routes
}

const EMPTY_PAGE: Omit<HistoryPage, 'top'> = { messages: [], older: false, newer: false }

function trimToPageLength(messages: readonly Posted[]): readonly Posted[] {
  const textLength = messages.reduce((length, { text }) => length + text.length, 0)
  if (textLength * RENDER_GROWTH_MAX < PAGE_MAX_LENGTH) return messages
  let length = 0
  const tooMuch = messages.findLastIndex(({ text }, index) => {
    length += text.length + renderText(text).length
    return length > PAGE_MAX_LENGTH && index < messages.length - 1
  })
  return messages.slice(tooMuch + 1)
}

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
