import type { IncomingMessage } from 'node:http'
import type { Appearance } from '../../../views/appearance.tsx'
import type { Address } from '../../chat/address.ts'
import type { Format } from '../../chat/delivery/frames.ts'
import type { Resumption } from '../../chat/delivery/resume.ts'
import { readResumption } from '../../chat/delivery/signed-cursor.ts'
import type { Member } from '../../chat/member.ts'
import type { Slug } from '../../chat/room.ts'
import { readAppearance } from '../embed/read-appearance.ts'
import { ignoreBusy } from '../http/ignore-busy.ts'
import { decodeSlug } from '../http/read-slug.ts'
import { serverOrigin } from '../http/server-origin.ts'
import { type ExistingIdentity, identifyExisting, readCredential } from '../visitor/identity.ts'
import type { StreamRoute } from './stream-route.ts'
import type { StreamTools } from './stream-tools.ts'

/** Everything that a request for a stream says. */
export interface StreamRequest {
  readonly room: Slug
  readonly format: Format
  readonly query: URLSearchParams
  /** Undefined while it can't be read: Redis is away. */
  readonly identity: ExistingIdentity | undefined
  readonly member: Member | undefined
  readonly address: Address
  readonly resumption: Resumption | undefined
  /** The reader continues from a page that ended. */
  readonly continued: boolean
  /** The origin under which the reader reached the server. */
  readonly origin: string
  /** How an embed looks; undefined for a room's own page. */
  readonly appearance: Appearance | undefined
}

/** @throws Refusal as `openStream`, but for `gone` and `conflict` */
export async function readStreamRequest(
  tools: StreamTools,
  { room: address, format, query, embedded }: StreamRoute,
  request: IncomingMessage,
): Promise<StreamRequest> {
  const room = decodeSlug(address)
  const credential = readCredential(request, query.get('token'))
  const identity = await identifyExisting(tools, credential, { room, scope: 'read' }).catch(ignoreBusy)
  const member = identity?.member
  const lastEventId = request.headers['last-event-id']
  const resumption = readResumption(tools.chat, room, member, {
    after: query.get('after'),
    proof: query.get('proof'),
    lastEventId: typeof lastEventId === 'string' ? lastEventId : undefined,
  })
  return {
    room,
    format,
    query,
    identity,
    member,
    address: tools.addressOf(request),
    resumption,
    continued: query.has('continued'),
    origin: serverOrigin(request, tools.baseUrl),
    appearance: embedded ? readAppearance(query) : undefined,
  }
}
