import { type Context, Hono } from 'hono'
import { renderPage } from '../../../views/layout.tsx'
import { roomPath } from '../../../views/room-path.ts'
import { type StaticLogContent, StaticLogPage } from '../../../views/static-log-page.tsx'
import { catchUp, PAGE_MESSAGES } from '../../chat/delivery/catch-up.ts'
import type { Resumption } from '../../chat/delivery/resume.ts'
import { readResumption, signCursor } from '../../chat/delivery/signed-cursor.ts'
import type { Subscriber } from '../../chat/delivery/subscriber.ts'
import { type EventId, formatId } from '../../chat/event.ts'
import { findRoom } from '../../chat/find-room.ts'
import type { Slug } from '../../chat/room.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { ignoreBusy } from '../http/ignore-busy.ts'
import { roomLink } from '../http/server-origin.ts'
import { PEOPLE_SHOWN_MAX } from '../people/people.ts'
import type { Chunk } from '../stream/chunk.ts'
import { hasOwnerCookie } from '../visitor/owner-cookie.ts'

/** So long somebody waits for the next message at the most: shorter than any proxy does. */
const WAIT_MS = 20_000
const POLL_INTERVAL_MS = 250

interface LogSnapshot {
  readonly content: StaticLogContent
  readonly lastId: EventId
}

/**
 * The room as a page that stands still: for text browsers, and wherever a page that never ends does not come through.
 * Its address says what it showed last. All of it is in the path: text browsers don't say which page a post comes from
 * when its address has a query.
 */
export function staticLogRoutes(web: WebContext): Hono<Env> {
  const routes = new Hono<Env>()
  const log = '/r/:room/log'
  routes.get(log, (c) => respondWithLog(web, c))
  routes.get(`${log}/:after/:proof`, (c) => respondWithLog(web, c))
  routes.get(`${log}/:after/:proof/wait`, (c) => respondWithLog(web, c, WAIT_MS))
  return routes
}

async function respondWithLog(web: WebContext, c: Context<Env>, waitMs = 0): Promise<Response> {
  const { room } = c.var
  // Links to messages are queries alone, wherever they stand.
  const { search, searchParams: query } = new URL(c.req.url)
  if (query.has('around') || query.has('before')) return c.redirect(roomPath(room) + search, 302)
  return c.html(await renderLogPage(web, c, room, waitMs))
}

async function renderLogPage(web: WebContext, c: Context<Env>, room: Slug, waitMs: number): Promise<string> {
  const { chat, asset, baseUrl } = web
  const { member } = c.var
  await findRoom(chat.store, room)
  const { content, lastId } = await readLogSnapshot(web, c, room, waitMs)
  const { cursor, proof } = signCursor(chat, room, member, formatId(lastId))
  const { name, tag } = await chat.roster.seatOf(room, member)
  return renderPage(
    StaticLogPage({
      asset,
      room,
      link: roomLink(c, baseUrl, room),
      name,
      me: tag,
      ...(await chat.roster.listPeople(room, PEOPLE_SHOWN_MAX)),
      nextUrl: `${roomPath(room)}/log/${cursor}/${proof}`,
      composer: { postKey: chat.secrets.token() },
      kept: await chat.store.findKeptRoom(room),
      owner: await hasOwnerCookie(chat, room, c.req.header('Cookie')),
      content,
    }),
  )
}

/** What there is to see, and up to which event that is. */
async function readLogSnapshot(
  web: WebContext,
  c: Context<Env>,
  room: Slug,
  waitMs: number,
): Promise<LogSnapshot> {
  const { store } = web.chat
  const { after = null, proof = null } = c.req.param()
  const resumption = readResumption(web.chat, room, c.var.member, { after, proof, lastEventId: undefined })
  const kept = await findRoom(store, room)
  if (waitMs > 0 || !kept) {
    const seen = collectNewEvents(web, c, room, resumption, waitMs)
    // A kept room's history is all there is to see: without a feed nobody waits for more.
    const { html, top } = (await (kept ? seen.catch(ignoreBusy) : seen)) ?? {}
    // It may have become a kept one, or have been deleted.
    if (top && html !== undefined && !(await findRoom(store, room)))
      return { content: { kind: 'since-last-refresh', html, first: !resumption }, lastId: top }
  }
  const { messages, older, top } = await store.readPage(room, { kind: 'newest' }, PAGE_MESSAGES)
  return { content: { kind: 'history', messages, older, seenUpTo: resumption?.requested }, lastId: top }
}

/** Everything since the last look; where that is nothing, what comes while one waits. */
async function collectNewEvents(
  { chat, streams, ready }: WebContext,
  c: Context<Env>,
  room: Slug,
  resumption: Resumption | undefined,
  waitMs: number,
): Promise<{ html: string; top: EventId }> {
  const { member, address } = c.var
  const feed = await chat.hub.feed(room)
  const page = new HtmlCollector()
  await catchUp(chat, room, feed, page, resumption)
  const nothing = () => resumption && formatId(resumption.requested) === formatId(feed.top) && !feed.closed
  // Who waits has a stream: it is here, and is counted.
  const leavePlace = waitMs > 0 && nothing() ? streams.admit({ member, address, room }) : undefined
  if (leavePlace) {
    const leave = await chat.roster.enter(room, member, 'connected')
    const until = chat.clock.elapsed() + waitMs
    const gone = () => c.env.outgoing.destroyed || !ready()
    while (nothing() && !gone() && chat.clock.elapsed() < until)
      await new Promise<void>((resolve) => chat.clock.after(POLL_INTERVAL_MS, resolve))
    leave()
    leavePlace()
  }
  return { top: feed.finish(page), html: page.html }
}

/** Takes what a page that never ends would be sent. */
class HtmlCollector implements Subscriber<Chunk> {
  readonly format = 'html'
  html = ''

  send({ payload }: Chunk): void {
    this.html += payload
  }
}
