import type { Bus } from '../chat/ports/bus.ts'
import type { Clock } from '../chat/ports/clock.ts'
import type { Directory } from '../chat/ports/directory.ts'
import type { Limits } from '../chat/ports/limits.ts'
import type { OneTimeIds } from '../chat/ports/one-time-ids.ts'
import type { Roster } from '../chat/ports/roster.ts'
import type { Secrets } from '../chat/ports/secrets.ts'
import type { Store } from '../chat/ports/store.ts'
import type { Tokens } from '../chat/ports/tokens.ts'
import type { Config } from '../config/config.ts'

/** All that a server does not decide by itself: what its rooms share, know and keep. */
export interface Adapters {
  readonly bus: Bus
  readonly store: Store
  readonly tokens: Tokens
  readonly roster: Roster
  readonly directory: Directory
  readonly limits: Limits
  readonly oneTimeIds: OneTimeIds
  /** Closes them, in reverse order. */
  close(): Promise<void>
}

/** What adapters are made of. */
export interface AdapterTools {
  readonly config: Config
  readonly clock: Clock
  readonly secrets: Secrets
  /** Takes what went wrong where nobody waits for an answer. */
  readonly report: (error: unknown) => void
}

/** Pages give a sign of life at every second heartbeat: after so many the first was missed, and the next is late. */
const SILENT_HEARTBEATS = 3.75

export function rosterTimes({ nameHold, awayAfter, heartbeat }: Config) {
  return { nameHold, awayAfter, silentAfter: heartbeat * SILENT_HEARTBEATS }
}
