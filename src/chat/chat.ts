import type { Hub } from './hub.ts'
import type { Bus, Clock, Directory, Limits, Roster, Secrets, Store, Tokens } from './ports.ts'
import type { Presence } from './presence.ts'

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
