import type { IncomingMessage, ServerResponse } from 'node:http'
import { keepsPart } from '../../views/keeps.tsx'
import type { AssetUrl } from '../../views/layout.tsx'
import { liveOpening } from '../../views/live-page.tsx'
import { type Beginning, beginning, catchUp, PAGE_MESSAGES } from '../chat/catch-up.ts'
import type { Chat } from '../chat/chat.ts'
import type { Origins } from '../chat/embedding.ts'
import type { Feed } from '../chat/feed.ts'
import type { Encoders, Format } from '../chat/frames.ts'
import { readResumption } from '../chat/given-cursor.ts'
import type { KeptRoom } from '../chat/kept-room.ts'
import type { Undo } from '../chat/ports.ts'
import type { Resumption } from '../chat/resume.ts'
import type { Slug } from '../chat/room.ts'
import { sseBlock } from '../frames/sse.ts'
import type { AddressOf } from './client-address.ts'
import { originsAround } from './embed-origins.ts'
import { embedFrameCsp, embedHeaders, LOG_POLICY } from './headers.ts'
import { recognise, shownBy } from './identity.ts'
import { letGo } from './let-go.ts'
import { type Parcel, pack } from './pack.ts'
import { readLook } from './read-look.ts'
import { readSlug } from './read-slug.ts'
import { Reader } from './reader.ts'
import type { Sessions } from './session.ts'
import { Stream } from './stream.ts'
import type { StreamRoute } from './stream-route.ts'
import type { StreamPlace, Streams } from './streams.ts'
import type { Tickets } from './tickets.ts'
import { unlessBusy } from './unless-busy.ts'

/** So many messages a terminal is shown at first. */
const TERMINAL_MESSAGES = 10

export interface StreamTools {
  readonly chat: Chat<Parcel>
  readonly encoders: Encoders
  readonly beats: Readonly<Record<Format, Parcel>>
  readonly streams: Streams
  readonly sessions: Sessions
  readonly tickets: Tickets
  readonly embedOrigins: Origins
  readonly addressOf: AddressOf
  readonly asset: AssetUrl
  /** Milliseconds that a stream lives at the least; those of pages without scripts live half as long. */
  readonly streamLife: number
  /** Milliseconds, jittered, after which a reader comes back. */
  readonly retryMs: () => number
}

/**
 * Answers a request for a stream: with 200 always, for a reader who is told anything else may give up for good.
 * @throws Refusal `not-found` for an address that can't be a room's, `gone` for a deleted one's
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
  const member = await recognise(tools, shownBy(request))
  const place = { member, room, address: tools.addressOf(request) }
  const leavePlace = streams.admit(place)
  const resumption = readResumption(chat, room, member, {
    after: query.get('after'),
    proof: query.get('proof'),
    lastEventId: typeof lastEventId === 'string' ? lastEventId : undefined,
  })
  const continued = query.has('continued')
  const entering =
    leavePlace &&
    enterRoom(chat, place, format, leavePlace, () => beginningOf(chat, room, format, resumption, continued))
  // What is busy for the moment ends the stream with a word on when to come back.
  const entered = await entering?.catch(unlessBusy)

  const { socket } = response
  if (!socket || socket.destroyed) return entered?.leave()
  const look = embedded ? readLook(query) : undefined
  const headers = embedded ? await embedStreamHeaders(tools, room, format) : {}
  const stream = new Stream(response, socket, format, tools.encoders[format].contentType, streams, headers)
  const reader = new Reader(tools, room, member, stream, look)
  const leave = () => reader.leave()
  socket.once('close', leave)
  if (format === 'html') {
    const { tag, kept, shown } = entered ?? {}
    stream.send(pack(liveOpening({ asset: tools.asset, tag, kept, continued, shown, look })))
  }
  if (!entered) {
    reader.end(streams.draining ? 'drain' : 'busy')
    return
  }
  const remove = streams.add(reader)
  reader.follow(entered.feed, () => {
    remove()
    entered.leave()
  })
  const { feed, shown } = entered
  const told = format === 'htmx' ? query.get('keeps') : null
  const catchingUp = catchUp(chat, room, feed, stream, shown?.resumption ?? resumption, shown?.messages)
  const caughtUp = catchingUp.then(() => tellKeeps(chat, room, stream, told))
  if (!(await caughtUp.then(() => true, unlessBusy))) reader.end('busy')
  // Whoever went meanwhile was not yet in the feed, and must not stay in it.
  else if (reader.gone) feed.leave(stream)
  // A page that has no connection to keep asks for what it missed alone.
  else if (feed.closed || (format === 'htmx' && query.has('once'))) reader.end('rotate')
  setImmediate(letGo, response, socket, leave)
}

async function embedStreamHeaders(
  tools: Pick<StreamTools, 'chat' | 'embedOrigins'>,
  room: Slug,
  format: Format,
): Promise<Record<string, string>> {
  const headers = embedHeaders(true)
  if (format !== 'html') return headers
  return {
    ...headers,
    'Content-Security-Policy': embedFrameCsp(await originsAround(tools, room), LOG_POLICY),
  }
}

/** Nobody shall be shown a room as vanishing where what is said is kept: the page may have been away when that began. */
async function tellKeeps(chat: Chat, room: Slug, stream: Stream, told: string | null): Promise<void> {
  if (told === null) return
  const part = keepsPart(await chat.store.find(room), told)
  if (part !== '') stream.send(pack(sseBlock({ data: part })))
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
  readonly leave: Undo
}

async function enterRoom(
  chat: Chat<Parcel>,
  { member, room }: StreamPlace,
  format: Format,
  leavePlace: Undo,
  begin: () => Promise<Beginning | undefined>,
): Promise<Entered> {
  const undos = [leavePlace]
  const leave = () => {
    for (const undo of undos) undo()
  }
  try {
    const feed = await chat.hub.feed(room)
    await chat.directory.renew(room)
    const stay = format === 'htmx' ? 'confirmed' : 'connected'
    if (member) undos.push(await chat.roster.enter(room, member, stay))
    const tag = format === 'html' && member ? (await chat.roster.seatOf(room, member)).tag : undefined
    const kept = format === 'html' ? await chat.store.find(room) : undefined
    return { feed, tag, kept, shown: await begin(), leave }
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
  if (format === 'text' && !resumption) return beginning(chat, room, undefined, TERMINAL_MESSAGES)
  return undefined
}
