import { type Context, Hono } from 'hono'
import { renderPage } from '../../../views/layout.tsx'
import { htmlLength } from '../../../views/message-html.ts'
import { roomPath } from '../../../views/room-path.ts'
import { type StaticLogContent, StaticLogPage } from '../../../views/static-log-page.tsx'
import { catchUp, PAGE_MESSAGES } from '../../chat/delivery/catch-up.ts'
import type { Resumption } from '../../chat/delivery/resume.ts'
import { readResumption, signCursor } from '../../chat/delivery/signed-cursor.ts'
import type { Subscriber } from '../../chat/delivery/subscriber.ts'
import { type EventId, formatId } from '../../chat/event.ts'
import { findRoom } from '../../chat/find-room.ts'
import { readHistory } from '../../chat/history/read-history.ts'
import type { Slug } from '../../chat/room.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { ignoreBusy } from '../http/ignore-busy.ts'
import { roomLink } from '../http/server-origin.ts'
import { PEOPLE_SHOWN_MAX } from '../people/people.ts'
import type { Chunk } from '../stream/chunk.ts'
import { hasOwnerCookie } from '../visitor/owner-cookie.ts'

/** The longest wait for the next message, shorter than the timeout of any proxy. */
const WAIT_MS = 20_000
const POLL_INTERVAL_MS = 250

interface LogSnapshot {
  readonly content: StaticLogContent
  readonly lastId: EventId
}

/**
 * The room as a page that ends: for text browsers, and for networks that block a page that never ends. Its address
 * contains the last event that it showed, in the path: text browsers send no Referer from an address with a query.
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
  // Links to messages consist only of a query, so they are relative to this page, too.
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

/** The messages to show, and the id of the last event in them. */
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
    const collected = collectNewEvents(web, c, room, resumption, waitMs)
    // Without a feed, a kept room still shows its history, but without waiting.
    const { html, top } = (await (kept ? collected.catch(ignoreBusy) : collected)) ?? {}
    // Meanwhile the room may have become a kept one, or have been deleted.
    if (top && html !== undefined && !(await findRoom(store, room)))
      return { content: { kind: 'since-last-refresh', html, first: !resumption }, lastId: top }
  }
  const { messages, older, top } = await readHistory(
    web.chat,
    room,
    { kind: 'newest' },
    PAGE_MESSAGES,
    htmlLength,
  )
  return { content: { kind: 'history', messages, older, seenUpTo: resumption?.requested }, lastId: top }
}

/** Collects the events since the last refresh. If there are none, waits for new ones for up to `waitMs`. */
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
  const isUpToDate = () => resumption && formatId(resumption.requested) === formatId(feed.top) && !feed.closed
  // A waiting reader counts as a stream, and as being here.
  const releaseSlot = waitMs > 0 && isUpToDate() ? streams.admit({ member, address, room }) : undefined
  if (releaseSlot) {
    const leave = await chat.roster.enter(room, member, 'connected')
    const deadline = chat.clock.elapsed() + waitMs
    const mustStop = () => c.env.outgoing.destroyed || !ready()
    while (isUpToDate() && !mustStop() && chat.clock.elapsed() < deadline)
      await new Promise<void>((resolve) => chat.clock.after(POLL_INTERVAL_MS, resolve))
    leave()
    releaseSlot()
  }
  return { top: feed.finish(page), html: page.html }
}

/** Collects the HTML that a stream in format `html` would send. */
class HtmlCollector implements Subscriber<Chunk> {
  readonly format = 'html'
  html = ''

  send({ payload }: Chunk): void {
    this.html += payload
  }
}
