import type { Bus } from '../chat/ports/bus.ts'
import type { Clock } from '../chat/ports/clock.ts'
import type { Directory } from '../chat/ports/directory.ts'
import type { Limits } from '../chat/ports/limits.ts'
import type { OneTimeIds } from '../chat/ports/one-time-ids.ts'
import type { Roster } from '../chat/ports/roster.ts'
import type { Secrets } from '../chat/ports/secrets.ts'
import type { Store } from '../chat/ports/store.ts'
import type { Tokens } from '../chat/ports/tokens.ts'
import type { VisitedRooms } from '../chat/ports/visited-rooms.ts'
import type { Config } from '../config/config.ts'
import type { Redis } from '../redis/redis.ts'
import type { DiskEvent } from '../store/sqlite/disk/disk-health.ts'

/** The adapters of a server, one for each port of the core. */
export interface Adapters {
  readonly bus: Bus
  readonly store: Store
  readonly tokens: Tokens
  readonly roster: Roster
  readonly directory: Directory
  /** Undefined if there is only one process. */
  readonly visitedRooms: VisitedRooms | undefined
  readonly limits: Limits
  readonly oneTimeIds: OneTimeIds
  /** Why the process can't serve, in one sentence. Undefined if it can. */
  problem(): string | undefined
  /** Whether a write is under way. The process can't exit before it ends. */
  isWriting(): boolean
  /** Closes the adapters in reverse order. */
  close(): Promise<void>
}

/** What every adapter needs. */
export interface AdapterTools {
  readonly config: Config
  readonly clock: Clock
  readonly secrets: Secrets
  /** Receives errors of background work. */
  readonly report: (error: unknown) => void
  /** Receives the beginning and the end of each trouble with the disk. */
  readonly onDisk: (event: DiskEvent) => void
}

/** What joins several processes. */
export interface SharedRedis {
  readonly redis: Redis
  /** Writes the session keys to a Redis that lost them; absent if they are not in Redis. */
  readonly offerSessionKeys?: () => void
}

/** Pages post to `/here` every second heartbeat. After this many heartbeats one post is missing and the next is due. */
const SILENT_HEARTBEATS = 3.75

export function rosterTimes({ nameHold, awayAfter, heartbeat }: Config) {
  return { nameHold, awayAfter, silentAfter: heartbeat * SILENT_HEARTBEATS }
}
