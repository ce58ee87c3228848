import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { liveOpening } from '../../../views/live-page.tsx'
import { catchUp } from '../../chat/delivery/catch-up.ts'
import { isTerminalFormat } from '../../chat/delivery/frames.ts'
import { enterable } from '../../chat/enterable.ts'
import { ignoreBusy } from '../http/ignore-busy.ts'
import { sendResumeQuery, sendRetentionChange } from './after-catch-up.ts'
import { encodeChunk } from './chunk.ts'
import { type EnteredRoom, enterRoom } from './enter-room.ts'
import { Reader } from './reader.ts'
import { streamHeaders } from './response-headers.ts'
import { resumeLink } from './resume-link.ts'
import { Stream } from './stream.ts'
import { embedStreamHeaders } from './stream-headers.ts'
import { readStreamRequest, type StreamRequest } from './stream-request.ts'
import type { StreamRoute } from './stream-route.ts'
import type { StreamTools } from './stream-tools.ts'

/**
 * Answers a request for a stream. Overload gets 200 too, and the stream says so: after any other status a reader may
 * give up for good (P11).
 * @param isOverLimit the reader's address has read too much: the stream is to come back later
 * @throws Refusal `not-found` for an address that can't be a room's, `gone` for a deleted room; `invalid` for a text
 * that can't be a name, `conflict` for a name that somebody else has; `unauthorized`, `forbidden` for a token or a
 * ticket that is not valid for the room
 */
export async function openStream(
  tools: StreamTools,
  route: StreamRoute,
  request: IncomingMessage,
  response: ServerResponse,
  isOverLimit = false,
): Promise<void> {
  const asked = await readStreamRequest(tools, route, request)
  const headers = route.embedded ? await embedStreamHeaders(tools, asked.room, asked.format) : undefined
  if (request.method === 'HEAD') return respondToHead(tools, asked, response, headers)
  // If anything is busy for the moment, the stream ends with the time to come back.
  const entered = isOverLimit ? undefined : await admit(tools, asked)

  const { socket } = response
  if (!socket || socket.destroyed) return entered?.leave()
  const reader = startReader(tools, asked, entered, response, socket, headers)
  const leave = () => reader.leave()
  socket.once('close', leave)
  if (!entered) {
    reader.end(tools.streams.draining ? 'drain' : 'busy')
    return
  }
  follow(tools, asked, entered, reader)
  await bringUpToDate(tools, asked, entered, reader)
  if (tools.detachSocket) setImmediate(tools.detachSocket, response, socket, leave)
}

/** Answers HEAD: the headers of the stream, without counting a reader (RFC 9110 §9.3.2). */
async function respondToHead(
  { chat, encoders }: StreamTools,
  { room, format, member }: StreamRequest,
  response: ServerResponse,
  headers: Readonly<Record<string, string>> | undefined,
): Promise<void> {
  await enterable(chat, room, member).catch(ignoreBusy)
  response.writeHead(200, { ...streamHeaders(format, encoders[format].contentType), ...headers }).end()
}

/** Lets the reader into the room, within the bounds of streams; undefined while something is busy. */
async function admit(tools: StreamTools, asked: StreamRequest): Promise<EnteredRoom | undefined> {
  const { room, member, address, identity, appearance } = asked
  const release = identity && tools.streams.admit({ member, room, address })
  if (!release) return undefined
  try {
    await enterable(tools.chat, room, member)
  } catch (error) {
    release()
    return ignoreBusy(error)
  }
  // A reader of a read-only embed can't write there, and does not count as present.
  const entrant = { member: appearance?.readOnly ? undefined : member, room, address }
  return enterRoom(tools.chat, entrant, asked, release).catch(ignoreBusy)
}

/** Sends the head of the response, and of the page where the stream is one. */
function startReader(
  tools: StreamTools,
  asked: StreamRequest,
  entered: EnteredRoom | undefined,
  response: ServerResponse,
  socket: Socket,
  headers: Readonly<Record<string, string>> | undefined,
): Reader {
  const { room, format, member, continued, appearance } = asked
  const { asset, encoders, streams, tickets } = tools
  const { contentType } = encoders[format]
  const stream = new Stream(response, socket, format, contentType, streams, headers, entered?.tag)
  if (format === 'html') {
    const { tag, kept, initialHistory } = entered ?? {}
    stream.send(encodeChunk(liveOpening({ asset, room, tag, kept, continued, initialHistory, appearance })))
  }
  return new Reader(tools, room, member, stream, resumeLink(tickets, asked))
}

/** Counts the reader among the open streams until it leaves, or until its token is revoked. */
function follow(
  { chat, streams }: StreamTools,
  { room, identity }: StreamRequest,
  entered: EnteredRoom,
  reader: Reader,
): void {
  // Sent at once: somebody who types curl sees that it works.
  reader.stream.send(encodeChunk(entered.opening))
  const remove = streams.add(reader)
  const unwatch =
    identity?.token && chat.tokens.onRevoked(room, identity.token.id, () => reader.end('rotate'))
  reader.follow(entered.feed, () => {
    unwatch?.()
    remove()
    entered.leave()
  })
}

/** Sends what the reader missed; ends the stream if that can't be had, or if nothing can follow it. */
async function bringUpToDate(
  { chat }: StreamTools,
  { room, format, query, member, resumption }: StreamRequest,
  { feed, initialHistory }: EnteredRoom,
  reader: Reader,
): Promise<void> {
  const { stream } = reader
  // The opening of a terminal has them already, under their dates.
  const before = isTerminalFormat(format) ? [] : initialHistory?.messages
  const from = resumption?.issued ? undefined : feed.top
  const catchingUp = catchUp(chat, room, feed, stream, initialHistory?.resumption ?? resumption, before)
  const afterCatchUp = catchingUp
    .then(() => sendRetentionChange(chat, room, stream, query.get('keeps')))
    .then(() => sendResumeQuery(chat, room, member, stream, from))
  if (!(await afterCatchUp.then(() => true, ignoreBusy))) {
    // Leaves the feed first: a reader who has not caught up comes back with its own cursor, not with the feed's.
    reader.leave()
    reader.end('busy')
  }
  // With `?once` a page that can't keep a connection asks only for what it missed.
  else if (!reader.hasNoFeed && (feed.closed || (format === 'htmx' && query.has('once'))))
    reader.end('rotate')
}
