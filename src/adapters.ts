import type { Bus, Clock, Directory, Limits, Replays, Roster, Secrets, Store, Tokens } from './chat/ports.ts'
import type { Config } from './config.ts'

/** All that a server does not decide by itself: what its rooms share, know and keep. */
export interface Adapters {
  readonly bus: Bus
  readonly store: Store
  readonly tokens: Tokens
  readonly roster: Roster
  readonly directory: Directory
  readonly limits: Limits
  readonly replays: Replays
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
const SILENT_BEATS = 3.75

export function rosterTimes({ nameHold, awayAfter, heartbeat }: Config) {
  return { nameHold, awayAfter, silentAfter: heartbeat * SILENT_BEATS }
}
