import { type Context, Hono } from 'hono'
import { page } from '../../../views/layout.tsx'
import { roomPath } from '../../../views/room-path.ts'
import { type LogContent, LogPage } from '../../../views/static-log-page.tsx'
import { catchUp, PAGE_MESSAGES } from '../../chat/delivery/catch-up.ts'
import type { Resumption } from '../../chat/delivery/resume.ts'
import { readResumption, signCursor } from '../../chat/delivery/signed-cursor.ts'
import type { Subscriber } from '../../chat/delivery/subscriber.ts'
import { type EventId, formatId } from '../../chat/event.ts'
import { findRoom } from '../../chat/find-room.ts'
import type { Slug } from '../../chat/room.ts'
import type { Web } from '../context.ts'
import type { Env } from '../env.ts'
import { joinLink } from '../http/own-origin.ts'
import { unlessBusy } from '../http/unless-busy.ts'
import { PEOPLE_SHOWN_MAX } from '../people/people.ts'
import type { Parcel } from '../stream/chunk.ts'
import { ownerOf } from '../visitor/owner-cookie.ts'

/** So long somebody waits for the next message at the most: shorter than any proxy does. */
const WAIT_MS = 20_000
const LOOK_MS = 250

interface Seen {
  readonly shown: LogContent
  readonly held: EventId
}

/**
 * The room as a page that stands still: for text browsers, and wherever a page that never ends does not come through.
 * Its address says what it showed last. All of it is in the path: text browsers don't say which page a post comes from
 * when its address has a query.
 */
export function logRoutes(web: Web): Hono<Env> {
  const routes = new Hono<Env>()
  const log = '/r/:room/log'
  routes.get(log, (c) => answer(web, c))
  routes.get(`${log}/:after/:proof`, (c) => answer(web, c))
  routes.get(`${log}/:after/:proof/wait`, (c) => answer(web, c, WAIT_MS))
  return routes
}

async function answer(web: Web, c: Context<Env>, waitMs = 0): Promise<Response> {
  const { room } = c.var
  // Links to messages are queries alone, wherever they stand.
  const { search, searchParams: query } = new URL(c.req.url)
  if (query.has('around') || query.has('before')) return c.redirect(roomPath(room) + search, 302)
  return c.html(await logPage(web, c, room, waitMs))
}

async function logPage(web: Web, c: Context<Env>, room: Slug, waitMs: number): Promise<string> {
  const { chat, asset, baseUrl } = web
  const { member } = c.var
  await findRoom(chat.store, room)
  const { shown, held } = await look(web, c, room, waitMs)
  const { cursor, proof } = signCursor(chat, room, member, formatId(held))
  const { name, tag } = await chat.roster.seatOf(room, member)
  return page(
    LogPage({
      asset,
      room,
      link: joinLink(c, baseUrl, room),
      name,
      me: tag,
      ...(await chat.roster.people(room, PEOPLE_SHOWN_MAX)),
      next: `${roomPath(room)}/log/${cursor}/${proof}`,
      composer: { postKey: chat.secrets.token() },
      kept: await chat.store.find(room),
      owner: await ownerOf(chat, room, c.req.header('Cookie')),
      shown,
    }),
  )
}

/** What there is to see, and up to which event that is. */
async function look(web: Web, c: Context<Env>, room: Slug, waitMs: number): Promise<Seen> {
  const { store } = web.chat
  const { after = null, proof = null } = c.req.param()
  const resumption = readResumption(web.chat, room, c.var.member, { after, proof, lastEventId: undefined })
  const kept = await findRoom(store, room)
  if (waitMs > 0 || !kept) {
    const seen = meanwhile(web, c, room, resumption, waitMs)
    // A kept room's history is all there is to see: without a feed nobody waits for more.
    const { html, top } = (await (kept ? seen.catch(unlessBusy) : seen)) ?? {}
    // It may have become a kept one, or have been deleted.
    if (top && html !== undefined && !(await findRoom(store, room)))
      return { shown: { kind: 'meanwhile', html, first: !resumption }, held: top }
  }
  const { messages, older, top } = await store.page(room, { kind: 'newest' }, PAGE_MESSAGES)
  return { shown: { kind: 'history', messages, older, seen: resumption?.asked }, held: top }
}

/** Everything since the last look; where that is nothing, what comes while one waits. */
async function meanwhile(
  { chat, streams, ready }: Web,
  c: Context<Env>,
  room: Slug,
  resumption: Resumption | undefined,
  waitMs: number,
): Promise<{ html: string; top: EventId }> {
  const { member, address } = c.var
  const feed = await chat.hub.feed(room)
  const page = new Page()
  await catchUp(chat, room, feed, page, resumption)
  const nothing = () => resumption && formatId(resumption.asked) === formatId(feed.top) && !feed.closed
  // Who waits has a stream: it is here, and is counted.
  const leavePlace = waitMs > 0 && nothing() ? streams.admit({ member, address, room }) : undefined
  if (leavePlace) {
    const leave = await chat.roster.enter(room, member, 'connected')
    const until = chat.clock.elapsed() + waitMs
    const gone = () => c.env.outgoing.destroyed || !ready()
    while (nothing() && !gone() && chat.clock.elapsed() < until)
      await new Promise<void>((resolve) => chat.clock.after(LOOK_MS, resolve))
    leave()
    leavePlace()
  }
  return { top: feed.finish(page), html: page.html }
}

/** Takes what a page that never ends would be sent. */
class Page implements Subscriber<Parcel> {
  readonly format = 'html'
  html = ''

  send({ payload }: Parcel): void {
    this.html += payload
  }
}
