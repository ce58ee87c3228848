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
  const { chat, streams, asset, tickets } = tools
  const room = decodeSlug(address)
  const use = { room, scope: 'read' } as const
  const recognised = await identifyExisting(tools, readCredential(request, query.get('token')), use).catch(
    ignoreBusy,
  )
  const member = recognised?.member
  const headers = embedded ? await embedStreamHeaders(tools, room, format) : undefined
  const place = { member, room, address: tools.addressOf(request) }
  const leavePlace = recognised && streams.admit(place)
  const lastEventId = request.headers['last-event-id']
  const resumption = readResumption(chat, room, member, {
    after: query.get('after'),
    proof: query.get('proof'),
    lastEventId: typeof lastEventId === 'string' ? lastEventId : undefined,
  })
  const continued = query.has('continued')
  const origin = serverOrigin(request, tools.baseUrl)
  const appearance = embedded ? readAppearance(query) : undefined
  // Who can't say anything there looks on, and is not here.
  const guest = appearance?.readOnly ? { ...place, member: undefined } : place
  // What is busy for the moment ends the stream with a word on when to come back.
  const entered =
    leavePlace &&
    (await enterRoom(chat, guest, { format, resumption, continued, origin }, leavePlace).catch(ignoreBusy))

  const { socket } = response
  if (!socket || socket.destroyed) return entered?.leave()
  const again = resumeLink(tickets, { room, format, query, origin, member, appearance })
  const stream = new Stream(response, socket, format, tools.encoders[format].contentType, streams, headers)
  const reader = new Reader(tools, room, member, stream, again)
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
  // At once: who types curl sees that it works.
  stream.send(encodeChunk(entered.opening))
  const remove = streams.add(reader)
  const unwatch =
    recognised?.token && chat.tokens.onRevoked(room, recognised.token.id, () => reader.end('rotate'))
  reader.follow(entered.feed, () => {
    unwatch?.()
    remove()
    entered.leave()
  })
  const { feed, initialHistory } = entered
  // A terminal has them already, under their dates.
  const before = isTerminalFormat(format) ? [] : initialHistory?.messages
  const from = resumption?.issued ? undefined : feed.top
  const catchingUp = catchUp(chat, room, feed, stream, initialHistory?.resumption ?? resumption, before)
  const caughtUp = catchingUp
    .then(() => sendRetentionChange(chat, room, stream, query.get('keeps')))
    .then(() => sendResumeQuery(chat, room, member, stream, from))
  if (!(await caughtUp.then(() => true, ignoreBusy))) {
    // Without the feed: whoever was not brought to where it stands comes again with what they hold.
    reader.leave()
    reader.end('busy')
  }
  // A page that has no connection to keep asks for what it missed alone.
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
  // While the owner's list can't be had the page says no more than that: what is shown is had from nowhere else.
  const lists = (await readAllowedOrigins(tools, room).catch(ignoreBusy)) ?? [tools.embedOrigins]
  const policy = embedIframeCsp(lists, READ_ONLY_POLICY)
  return { 'Content-Security-Policy': policy, 'Referrer-Policy': 'no-referrer' }
}
