import type { Clock, Undo } from '../../chat/ports/clock.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import type { Redis } from '../../redis/redis.ts'

/** Interval of sweeps, so that expired messages are deleted within a minute. */
const SWEEP_MS = 15_000

/** How long one process alone sweeps. If it dies, the next one takes over in time. */
const LEASE_MS = 12_000

/** Rooms swept at once. A post may wait some ten milliseconds for them. */
const ROOMS_AT_ONCE = 8

/** Key that the sweeping process holds. */
const LEASE = 'sweeping'

export interface SweeperTools {
  readonly redis: Redis
  readonly clock: Clock
  /** The rooms whose messages can expire, in batches. */
  readonly rooms: () => AsyncIterable<readonly Slug[]>
  /** Deletes the expired messages of one room. */
  readonly sweep: (room: Slug) => Promise<void>
  readonly report: (error: unknown) => void
}

/** Deletes the expired messages of all rooms periodically. One process at a time does it; two would do no harm. */
export class Sweeper {
  readonly #tools: SweeperTools
  #stopTimer: Undo
  #closed = false

  constructor(tools: SweeperTools) {
    this.#tools = tools
    this.#stopTimer = tools.clock.after(0, () => this.#run())
  }

  close(): void {
    this.#closed = true
    this.#stopTimer()
  }

  #run(): void {
    this.#sweepAll()
      .catch((error) => {
        // Nothing can be deleted while Redis is away.
        if (!(error instanceof Refusal)) this.#tools.report(error)
      })
      .finally(() => {
        if (!this.#closed) this.#stopTimer = this.#tools.clock.after(SWEEP_MS, () => this.#run())
      })
  }

  async #sweepAll(): Promise<void> {
    const { redis, rooms } = this.#tools
    if (!redis.up) return
    const lease = redis.keys.global(LEASE)
    if ((await redis.command('SET', lease, '', 'NX', 'PX', String(LEASE_MS))) === null) return
    for await (const batch of rooms()) {
      for (let first = 0; first < batch.length && !this.#closed; first += ROOMS_AT_ONCE)
        await Promise.all(batch.slice(first, first + ROOMS_AT_ONCE).map((room) => this.#sweepOne(room)))
    }
  }

  // An error in one room must not keep expired messages in the others.
  async #sweepOne(room: Slug): Promise<void> {
    const { sweep, report } = this.#tools
    await sweep(room).catch((error) => {
      if (error instanceof Refusal) throw error
      report(error)
    })
  }
}
