import type { IncomingMessage, ServerResponse } from 'node:http'
import { keepsPart } from '../../views/keeps.tsx'
import type { AssetUrl } from '../../views/layout.tsx'
import { liveOpening } from '../../views/live-page.tsx'
import type { Look } from '../../views/look.tsx'
import { ownUrl, roomPath } from '../../views/room-path.ts'
import { type Beginning, beginning, catchUp, PAGE_MESSAGES } from '../chat/catch-up.ts'
import type { Chat } from '../chat/chat.ts'
import type { Origins } from '../chat/embedding.ts'
import { type EventId, formatId } from '../chat/event.ts'
import type { Feed } from '../chat/feed.ts'
import type { Encoders, Format } from '../chat/frames.ts'
import { readResumption, signCursor } from '../chat/given-cursor.ts'
import type { KeptRoom } from '../chat/kept-room.ts'
import type { Member } from '../chat/member.ts'
import type { Undo } from '../chat/ports.ts'
import type { Resumption } from '../chat/resume.ts'
import type { Slug } from '../chat/room.ts'
import { spend } from '../chat/spend.ts'
import { takeSeat } from '../chat/take-seat.ts'
import { resumeFrame } from '../frames/json.ts'
import { sseBlock } from '../frames/sse.ts'
import type { AddressOf } from './client-address.ts'
import { originsAround } from './embed-origins.ts'
import { embedLinks } from './embed-part.ts'
import { embedFrameCsp, LOG_POLICY } from './headers.ts'
import { recognise, shownBy } from './identity.ts'
import type { LetGo } from './let-go.ts'
import { type Parcel, pack } from './pack.ts'
import { readLook } from './read-look.ts'
import { readSlug } from './read-slug.ts'
import { type Again, Reader } from './reader.ts'
import type { Sessions } from './session.ts'
import { originOf } from './share.ts'
import { Stream } from './stream.ts'
import type { StreamRoute } from './stream-route.ts'
import type { StreamPlace, Streams } from './streams.ts'
import { terminalOpening } from './terminal-opening.ts'
import type { Tickets } from './tickets.ts'
import { unlessBusy } from './unless-busy.ts'

/** So many messages a terminal is shown at first. */
const TERMINAL_MESSAGES = 10

export interface StreamTools {
  readonly chat: Chat<Parcel>
  readonly encoders: Encoders
  readonly beats: Readonly<Record<Format, Parcel>>
  readonly streams: Streams
  /** Undefined: streams keep all that they came with. */
  readonly letGo: LetGo | undefined
  readonly sessions: Sessions
  readonly tickets: Tickets
  readonly embedOrigins: Origins
  readonly addressOf: AddressOf
  readonly asset: AssetUrl
  readonly baseUrl: string | undefined
  /** Milliseconds that a stream lives at the least; those of pages without scripts live half as long. */
  readonly streamLife: number
  /** Milliseconds, jittered, after which a reader comes back. */
  readonly retryMs: () => number
}

/**
 * Answers a request for a stream: with 200 always, for a reader who is told anything else may give up for good.
 * @throws Refusal `not-found` for an address that can't be a room's, `gone` for a deleted one's; `invalid` for what
 * can't be a name, `conflict` for one that somebody else has; `unauthorized`, `forbidden` for a token that is not good
 * for it
 */
export async function openStream(
  tools: StreamTools,
  { room: address, format, query, embedded }: StreamRoute,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { chat, streams } = tools
  const room = readSlug(address)
  const lastEventId = request.headers['last-event-id']
  const use = { room, scope: 'read' } as const
  const recognised = await recognise(tools, shownBy(request, query.get('token')), use).catch(unlessBusy)
  const member = recognised?.member
  const headers = embedded ? await embedStreamHeaders(tools, room, format) : undefined
  const place = { member, room, address: tools.addressOf(request) }
  const leavePlace = recognised && streams.admit(place)
  const resumption = readResumption(chat, room, member, {
    after: query.get('after'),
    proof: query.get('proof'),
    lastEventId: typeof lastEventId === 'string' ? lastEventId : undefined,
  })
  const continued = query.has('continued')
  const origin = originOf(request, tools.baseUrl)
  const begin = async () => {
    const shown = await beginningOf(chat, room, format, resumption, continued)
    const greets = isTerminal(format) && !resumption
    const opening = greets ? await terminalOpening(chat, format, { room, origin, member, shown }) : ''
    return { shown, opening }
  }
  const entering = leavePlace && enterRoom(chat, place, format, leavePlace, begin)
  // What is busy for the moment ends the stream with a word on when to come back.
  const entered = await entering?.catch(unlessBusy)

  const { socket } = response
  if (!socket || socket.destroyed) return entered?.leave()
  const look = embedded ? readLook(query) : undefined
  const where = { room, format, query, origin, member, look }
  const stream = new Stream(response, socket, format, tools.encoders[format].contentType, streams, headers)
  const reader = new Reader(tools, room, member, stream, again(tools, where))
  const leave = () => reader.leave()
  socket.once('close', leave)
  if (format === 'html') {
    const { tag, kept, shown } = entered ?? {}
    stream.send(pack(liveOpening({ asset: tools.asset, room, tag, kept, continued, shown, look })))
  }
  if (!entered) {
    reader.end(streams.draining ? 'drain' : 'busy')
    return
  }
  // At once: who types curl sees that it works.
  stream.send(pack(entered.opening))
  const remove = streams.add(reader)
  const unwatch =
    recognised?.token && chat.tokens.whenRevoked(room, recognised.token.id, () => reader.end('rotate'))
  reader.follow(entered.feed, () => {
    unwatch?.()
    remove()
    entered.leave()
  })
  const { feed, shown } = entered
  // A terminal has them already, under their dates.
  const before = isTerminal(format) ? [] : shown?.messages
  const told = format === 'htmx' ? query.get('keeps') : null
  const from = resumption?.given ? undefined : feed.top
  const catchingUp = catchUp(chat, room, feed, stream, shown?.resumption ?? resumption, before)
  const caughtUp = catchingUp
    .then(() => tellKeeps(chat, room, stream, told))
    .then(() => tellResume(chat, room, member, stream, from))
  if (!(await caughtUp.then(() => true, unlessBusy))) reader.end('busy')
  // Whoever went meanwhile was not yet in the feed, and must not stay in it.
  else if (reader.gone) feed.leave(stream)
  // A page that has no connection to keep asks for what it missed alone.
  else if (feed.closed || (format === 'htmx' && query.has('once'))) reader.end('rotate')
  if (tools.letGo) setImmediate(tools.letGo, response, socket, leave)
}

function isTerminal(format: Format): boolean {
  return format === 'text' || format === 'ansi'
}

interface Where {
  readonly room: Slug
  readonly format: Format
  readonly query: URLSearchParams
  readonly origin: string
  readonly member: Member | undefined
  readonly look: Look | undefined
}

/** Where those go on who hold no cursor themselves: pages without scripts, and people at a terminal. */
function again({ tickets }: Pick<StreamTools, 'tickets'>, where: Where): Again {
  const { room, format, query, origin, member, look } = where
  if (!isTerminal(format))
    return (cursor) => {
      const url = look && member ? embedLinks(room, look, tickets.issue(room, member)) : ownUrl(room)
      return url(`/live.html?${new URLSearchParams({ ...cursor, continued: '' })}`)
    }
  const name = query.get('name')
  const wish = { ...(name !== null && { name }), ...(format === 'ansi' && { color: '' }) }
  return (cursor) => `${origin}${roomPath(room)}/live.txt?${new URLSearchParams({ ...cursor, ...wish })}`
}

async function embedStreamHeaders(
  tools: Pick<StreamTools, 'chat' | 'embedOrigins'>,
  room: Slug,
  format: Format,
): Promise<Record<string, string>> {
  if (format !== 'html') return {}
  // While the owner's list can't be had the page says no more than that: what is shown is had from nowhere else.
  const lists = (await originsAround(tools, room).catch(unlessBusy)) ?? [tools.embedOrigins]
  const policy = embedFrameCsp(lists, LOG_POLICY)
  return { 'Content-Security-Policy': policy, 'Referrer-Policy': 'no-referrer' }
}

/** Nobody shall be shown a room as vanishing where what is said is kept: the page may have been away when that began. */
async function tellKeeps(chat: Chat, room: Slug, stream: Stream, told: string | null): Promise<void> {
  if (told === null) return
  const part = keepsPart(await chat.store.find(room), told)
  if (part !== '') stream.send(pack(sseBlock({ data: part })))
}

/** A program has no page that gives it a cursor: its stream does, where its session would be replayed nothing else. */
async function tellResume(
  chat: Chat,
  room: Slug,
  member: Member | undefined,
  stream: Stream,
  from: EventId | undefined,
): Promise<void> {
  const { format } = stream
  if (!(format === 'json' || format === 'ndjson') || !member || !from || (await chat.store.find(room))) return
  const { cursor, proof } = signCursor(chat, room, member, formatId(from))
  stream.send(pack(resumeFrame(format, String(new URLSearchParams({ after: cursor, proof })))))
}

/** What an admitted reader gets, and leaves when it goes: its place, and the room. */
interface Entered {
  readonly feed: Feed<Parcel>
  /** Marks its own messages, where the page has no script to do that. */
  readonly tag: string | undefined
  /** The kept room that it reads, where its page says so. */
  readonly kept: KeptRoom | undefined
  /** Messages of a kept room that it is shown at first. */
  readonly shown: Beginning | undefined
  /** What somebody at a terminal is shown before that comes which others say. */
  readonly opening: string
  readonly leave: Undo
}

async function enterRoom(
  chat: Chat<Parcel>,
  { member, room, address }: StreamPlace,
  format: Format,
  leavePlace: Undo,
  begin: () => Promise<Pick<Entered, 'shown' | 'opening'>>,
): Promise<Entered> {
  const undos = [leavePlace]
  const leave = () => {
    for (const undo of undos) undo()
  }
  try {
    const feed = await chat.hub.feed(room)
    await chat.directory.renew(room)
    const stay = format === 'htmx' ? 'confirmed' : 'connected'
    if (member?.named)
      await spend(chat.limits, 'name', { member, address }, () => takeSeat(chat, room, member))
    if (member) undos.push(await chat.roster.enter(room, member, stay))
    const tag = format === 'html' && member ? (await chat.roster.seatOf(room, member)).tag : undefined
    const kept = format === 'html' ? await chat.store.find(room) : undefined
    return { feed, tag, kept, ...(await begin()), leave }
  } catch (error) {
    leave()
    throw error
  }
}

/** Pages and terminals that have nothing but their stream begin with what a kept room remembers. */
async function beginningOf(
  chat: Chat<Parcel>,
  room: Slug,
  format: Format,
  resumption: Resumption | undefined,
  continued: boolean,
): Promise<Beginning | undefined> {
  if (format === 'html')
    return beginning(chat, room, continued ? resumption?.asked : undefined, PAGE_MESSAGES)
  if (isTerminal(format) && !resumption) return beginning(chat, room, undefined, TERMINAL_MESSAGES)
  return undefined
}
