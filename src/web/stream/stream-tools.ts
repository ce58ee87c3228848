import type { AssetUrl } from '../../../views/layout.tsx'
import type { Chat } from '../../chat/chat.ts'
import type { Encoders, Format } from '../../chat/delivery/frames.ts'
import type { Origins } from '../../chat/embedding.ts'
import type { Tickets } from '../embed/tickets.ts'
import type { AddressOf } from '../visitor/client-address.ts'
import type { Sessions } from '../visitor/session.ts'
import type { Parcel } from './chunk.ts'
import type { LetGo } from './detach-socket.ts'
import type { Streams } from './streams.ts'

/** What streams work with. */
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
