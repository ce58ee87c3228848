import type { Hub } from './delivery/hub.ts'
import type { Presence } from './delivery/presence.ts'
import type { Bus } from './ports/bus.ts'
import type { Clock } from './ports/clock.ts'
import type { Directory } from './ports/directory.ts'
import type { Limits } from './ports/limits.ts'
import type { Roster } from './ports/roster.ts'
import type { Secrets } from './ports/secrets.ts'
import type { Store } from './ports/store.ts'
import type { Tokens } from './ports/tokens.ts'

/** Everything that a use case of the chat needs, wired once in `compose.ts`. */
export interface Chat<Parcel = unknown> {
  readonly bus: Bus
  readonly store: Store
  readonly tokens: Tokens
  readonly roster: Roster
  readonly directory: Directory
  readonly limits: Limits
  readonly hub: Hub<Parcel>
  readonly presence: Presence
  readonly clock: Clock
  readonly secrets: Secrets
}
