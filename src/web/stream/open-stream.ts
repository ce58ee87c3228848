import type { IncomingMessage, ServerResponse } from 'node:http'
import { liveOpening } from '../../../views/live-page.tsx'
import { catchUp } from '../../chat/delivery/catch-up.ts'
import { type Format, isTerminalFormat } from '../../chat/delivery/frames.ts'
import { readResumption } from '../../chat/delivery/signed-cursor.ts'
import type { Slug } from '../../chat/room.ts'
import { readAllowedOrigins } from '../embed/allowed-origins.ts'
import { readAppearance } from '../embed/read-appearance.ts'
import { embedIframeCsp, READ_ONLY_POLICY } from '../http/headers.ts'
import { ignoreBusy } from '../http/ignore-busy.ts'
import { decodeSlug } from '../http/read-slug.ts'
import { serverOrigin } from '../http/server-origin.ts'
import { identifyExisting, readCredential } from '../visitor/identity.ts'
import { sendResumeQuery, sendRetentionChange } from './after-catch-up.ts'
import { encodeChunk } from './chunk.ts'
import { enterRoom } from './enter-room.ts'
import { Reader } from './reader.ts'
import { resumeLink } from './resume-link.ts'
import { Stream } from './stream.ts'
import type { StreamRoute } from './stream-route.ts'
import type { StreamTools } from './stream-tools.ts'

/**
 * Answers a request for a stream. Overload gets 200 too, and the stream says so: after any other status a reader may
 * give up for good (P11).
 * @throws Refusal `not-found` for an address that can't be a room's, `gone` for a deleted room; `invalid` for a text
 * that can't be a name, `conflict` for a name that somebody else has; `unauthorized`, `forbidden` for a token or a
 * ticket that is not valid for the room
 */
export async function openStream(
  tools: StreamTools,
  { room: address, format, query, embedded }: StreamRoute,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { chat, streams, asset, tickets } = tools
  const room = decodeSlug(address)
  const use = { room, scope: 'read' } as const
  const identity = await identifyExisting(tools, readCredential(request, query.get('token')), use).catch(
    ignoreBusy,
  )
  const member = identity?.member
  const headers = embedded ? await embedStreamHeaders(tools, room, format) : undefined
  const limitKeys = { member, room, address: tools.addressOf(request) }
  const release = identity && streams.admit(limitKeys)
  const lastEventId = request.headers['last-event-id']
  const resumption = readResumption(chat, room, member, {
    after: query.get('after'),
    proof: query.get('proof'),
    lastEventId: typeof lastEventId === 'string' ? lastEventId : undefined,
  })
  const continued = query.has('continued')
  const origin = serverOrigin(request, tools.baseUrl)
  const appearance = embedded ? readAppearance(query) : undefined
  // A reader of a read-only embed can't write there, and does not count as present.
  const entrant = appearance?.readOnly ? { ...limitKeys, member: undefined } : limitKeys
  // If anything is busy for the moment, the stream ends with the time to come back.
  const entered =
    release &&
    (await enterRoom(chat, entrant, { format, resumption, continued, origin }, release).catch(ignoreBusy))

  const { socket } = response
  if (!socket || socket.destroyed) return entered?.leave()
  const resumeUrl = resumeLink(tickets, { room, format, query, origin, member, appearance })
  const stream = new Stream(response, socket, format, tools.encoders[format].contentType, streams, headers)
  const reader = new Reader(tools, room, member, stream, resumeUrl)
  const leave = () => reader.leave()
  socket.once('close', leave)
  if (format === 'html') {
    const { tag, kept, initialHistory } = entered ?? {}
    stream.send(encodeChunk(liveOpening({ asset, room, tag, kept, continued, initialHistory, appearance })))
  }
  if (!entered) {
    reader.end(streams.draining ? 'drain' : 'busy')
    return
  }
  // Sent at once: somebody who types curl sees that it works.
  stream.send(encodeChunk(entered.opening))
  const remove = streams.add(reader)
  const unwatch =
    identity?.token && chat.tokens.onRevoked(room, identity.token.id, () => reader.end('rotate'))
  reader.follow(entered.feed, () => {
    unwatch?.()
    remove()
    entered.leave()
  })
  const { feed, initialHistory } = entered
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
  if (tools.detachSocket) setImmediate(tools.detachSocket, response, socket, leave)
}

async function embedStreamHeaders(
  tools: Pick<StreamTools, 'chat' | 'embedOrigins'>,
  room: Slug,
  format: Format,
): Promise<Record<string, string>> {
  if (format !== 'html') return {}
  // While the owner's list can't be read, the server's list alone is safe: the messages come from the same store, so
  // the page shows none.
  const lists = (await readAllowedOrigins(tools, room).catch(ignoreBusy)) ?? [tools.embedOrigins]
  const policy = embedIframeCsp(lists, READ_ONLY_POLICY)
  return { 'Content-Security-Policy': policy, 'Referrer-Policy': 'no-referrer' }
}
