import type { Logger } from 'pino'
import type { AssetUrl } from '../../views/asset-url.ts'
import type { Chat } from '../chat/chat.ts'
import type { Origins } from '../chat/embedding.ts'
import type { Member } from '../chat/member.ts'
import type { OneTimeIds } from '../chat/ports/one-time-ids.ts'
import type { Slug } from '../chat/room.ts'
import type { Tickets } from './embed/tickets.ts'
import type { Asset } from './site/assets.ts'
import type { Chunk } from './stream/chunk.ts'
import type { Streams } from './stream/streams.ts'
import type { AddressOf } from './visitor/client-address.ts'
import type { Sessions } from './visitor/session.ts'

/** What the routes work with. */
export interface WebContext {
  readonly chat: Chat<Chunk>
  readonly sessions: Sessions
  /** Of those who come by embeds. */
  readonly embedSessions: Sessions
  /** Of those whom the pages around embeds name. */
  readonly hostSessions: Sessions
  readonly tickets: Tickets
  /** The pages that may show rooms within them. */
  readonly embedOrigins: Origins
  /** By which pages around embeds answer for names in any room. */
  readonly embedSecret: string | undefined
  readonly oneTimeIds: OneTimeIds
  readonly addressOf: AddressOf
  readonly streams: Streams
  readonly assets: readonly Asset[]
  readonly asset: AssetUrl
  readonly baseUrl: string | undefined
  /** Seconds between two proofs that a stream lives. */
  readonly heartbeatSeconds: number
  readonly buildRoomPage: RoomPageBuilder
  /** Seconds for which readers who reconnect find what they missed. */
  readonly replaySeconds: number
  readonly ready: () => boolean
  readonly version: string
  readonly log: Logger
}

/** Somebody who opens a room's page. */
export interface RoomPageRequest {
  readonly member: Member
  /** The Cookie header, RFC 6265 §4.2.1. */
  readonly cookies: string | undefined
  /** The whole address by which others join, where this one came to. */
  readonly link: string
}

/**
 * A room's page, for whoever opens it.
 * @throws Refusal `gone` for a deleted room
 */
export type RoomPageBuilder = (room: Slug, opener: RoomPageRequest) => Promise<string>
