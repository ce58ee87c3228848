import type { IncomingMessage, ServerResponse } from 'node:http'
import { liveOpening } from '../../../views/live-page.tsx'
import { catchUp } from '../../chat/delivery/catch-up.ts'
import { type Format, isTerminal } from '../../chat/delivery/frames.ts'
import { readResumption } from '../../chat/delivery/signed-cursor.ts'
import type { Slug } from '../../chat/room.ts'
import { originsAround } from '../embed/allowed-origins.ts'
import { readLook } from '../embed/read-appearance.ts'
import { embedFrameCsp, LOG_POLICY } from '../http/headers.ts'
import { ownOrigin } from '../http/own-origin.ts'
import { readSlug } from '../http/read-slug.ts'
import { unlessBusy } from '../http/unless-busy.ts'
import { recognise, shownBy } from '../visitor/identity.ts'
import { tellKeeps, tellResume } from './after-catch-up.ts'
import { pack } from './chunk.ts'
import { enterRoom } from './enter-room.ts'
import { Reader } from './reader.ts'
import { comeAgain } from './resume-link.ts'
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
  const room = readSlug(address)
  const use = { room, scope: 'read' } as const
  const recognised = await recognise(tools, shownBy(request, query.get('token')), use).catch(unlessBusy)
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
  const origin = ownOrigin(request, tools.baseUrl)
  const look = embedded ? readLook(query) : undefined
  // Who can't say anything there looks on, and is not here.
  const guest = look?.readOnly ? { ...place, member: undefined } : place
  // What is busy for the moment ends the stream with a word on when to come back.
  const entered =
    leavePlace &&
    (await enterRoom(chat, guest, { format, resumption, continued, origin }, leavePlace).catch(unlessBusy))

  const { socket } = response
  if (!socket || socket.destroyed) return entered?.leave()
  const again = comeAgain(tickets, { room, format, query, origin, member, look })
  const stream = new Stream(response, socket, format, tools.encoders[format].contentType, streams, headers)
  const reader = new Reader(tools, room, member, stream, again)
  const leave = () => reader.leave()
  socket.once('close', leave)
  if (format === 'html') {
    const { tag, kept, shown } = entered ?? {}
    stream.send(pack(liveOpening({ asset, room, tag, kept, continued, shown, look })))
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
  const from = resumption?.given ? undefined : feed.top
  const catchingUp = catchUp(chat, room, feed, stream, shown?.resumption ?? resumption, before)
  const caughtUp = catchingUp
    .then(() => tellKeeps(chat, room, stream, query.get('keeps')))
    .then(() => tellResume(chat, room, member, stream, from))
  if (!(await caughtUp.then(() => true, unlessBusy))) {
    // Without the feed: whoever was not brought to where it stands comes again with what they hold.
    reader.leave()
    reader.end('busy')
  }
  // A page that has no connection to keep asks for what it missed alone.
  else if (!reader.gone && (feed.closed || (format === 'htmx' && query.has('once')))) reader.end('rotate')
  if (tools.letGo) setImmediate(tools.letGo, response, socket, leave)
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
