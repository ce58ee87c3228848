import type { AssetUrl } from '../../../views/asset-url.ts'
import type { Origins } from '../../chat/embedding.ts'
import type { Tickets } from '../embed/tickets.ts'
import type { AddressOf } from '../visitor/client-address.ts'
import type { Sessions } from '../visitor/session.ts'
import type { DetachSocket } from './detach-socket.ts'
import type { ReaderTools } from './reader.ts'
import type { Streams } from './streams.ts'

/** What streams depend on. */
export interface StreamTools extends ReaderTools {
  readonly streams: Streams
  /** Undefined if streams keep their parser, request and response. */
  readonly detachSocket: DetachSocket | undefined
  readonly sessions: Sessions
  readonly tickets: Tickets
  readonly embedOrigins: Origins
  readonly addressOf: AddressOf
  readonly asset: AssetUrl
  readonly baseUrl: string | undefined
}
