import type { Logger } from 'pino'
import type { AssetUrl } from '../../views/asset-url.ts'
import type { Chat } from '../chat/chat.ts'
import type { Origins } from '../chat/embedding.ts'
import type { Member } from '../chat/member.ts'
import type { OneTimeIds } from '../chat/ports/one-time-ids.ts'
import type { Slug } from '../chat/room.ts'
import type { Tickets } from './embed/tickets.ts'
import type { ReadTrustedSecrets } from './embed/trusted-secrets.ts'
import type { Asset } from './site/assets.ts'
import type { Chunk } from './stream/chunk.ts'
import type { Streams } from './stream/streams.ts'
import type { AddressOf } from './visitor/client-address.ts'
import type { Sessions } from './visitor/session.ts'

/** The dependencies of the routes. */
export interface WebContext {
  readonly chat: Chat<Chunk>
  readonly sessions: Sessions
  /** Sessions of visitors of embeds. */
  readonly embedSessions: Sessions
  /** Sessions of users vouched for by the host page. */
  readonly hostSessions: Sessions
  readonly tickets: Tickets
  /** The origins of pages that may embed rooms. */
  readonly embedOrigins: Origins
  readonly readTrustedSecrets: ReadTrustedSecrets
  readonly oneTimeIds: OneTimeIds
  readonly addressOf: AddressOf
  readonly streams: Streams
  readonly assets: readonly Asset[]
  readonly asset: AssetUrl
  readonly baseUrl: string | undefined
  /** Seconds between two heartbeats of a stream. */
  readonly heartbeatSeconds: number
  readonly buildRoomPage: RoomPageBuilder
  /** The length of the replay window of vanishing rooms, in seconds. */
  readonly replaySeconds: number
  /** False during a drain. */
  readonly ready: () => boolean
  /** Why the process can't serve, in one sentence. Undefined if it can. */
  readonly problem: () => string | undefined
  readonly version: string
  readonly log: Logger
}

/** The visitor who opens a room's page. */
export interface RoomPageRequest {
  readonly member: Member
  /** The Cookie header, RFC 6265 §4.2.1. */
  readonly cookies: string | undefined
  /** The full address of the room, to be shared with others. */
  readonly link: string
}

/**
 * Builds the HTML of a room's page for one visitor.
 * @throws Refusal `gone` for a deleted room
 */
export type RoomPageBuilder = (room: Slug, request: RoomPageRequest) => Promise<string>
