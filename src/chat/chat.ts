import type { Hub } from './delivery/hub.ts'
import type { Presence } from './delivery/presence.ts'
import type { MessageCache } from './history/message-cache.ts'
import type { MentionedPeople } from './mentions/mentioned-people.ts'
import type { Bus } from './ports/bus.ts'
import type { Clock } from './ports/clock.ts'
import type { Directory } from './ports/directory.ts'
import type { Limits } from './ports/limits.ts'
import type { Roster } from './ports/roster.ts'
import type { Secrets } from './ports/secrets.ts'
import type { Store } from './ports/store.ts'
import type { Tokens } from './ports/tokens.ts'
import type { SimilarRooms } from './similar-rooms.ts'

/** The dependencies of the use cases, wired once in `server/compose.ts`. */
export interface Chat<Chunk = unknown> {
  readonly bus: Bus
  readonly store: Store
  readonly tokens: Tokens
  readonly roster: Roster
  readonly directory: Directory
  readonly limits: Limits
  readonly mentions: MentionedPeople
  readonly messageCache: MessageCache
  readonly hub: Hub<Chunk>
  readonly presence: Presence
  readonly similarRooms: SimilarRooms
  readonly clock: Clock
  readonly secrets: Secrets
}
