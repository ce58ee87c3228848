import type { Clock, Undo } from '../../chat/ports/clock.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import type { Redis } from '../../redis/redis.ts'

/** How often what is over is deleted: within a minute of its time. */
const SWEEP_MS = 15_000

/** For so long one process does it alone: what one that ended leaves undone, the next does in time. */
const LEASE_MS = 12_000

/** Rooms that are swept at once: posts wait some ten milliseconds for it at most. */
const ROOMS_AT_ONCE = 8

/** Whoever has this key sweeps. */
const LEASE = 'sweeping'

export interface SweeperTools {
  readonly redis: Redis
  readonly clock: Clock
  /** Rooms in which something may be over, some at a time. */
  readonly rooms: () => AsyncIterable<readonly Slug[]>
  /** Deletes what is over in one of them. */
  readonly sweep: (room: Slug) => Promise<void>
  readonly report: (error: unknown) => void
}

/** Deletes what is over in all rooms, again and again; of many processes one at a time, and two do no harm. */
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
        // While Redis is away nothing of it can be deleted.
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
    for await (const some of rooms()) {
      for (let first = 0; first < some.length && !this.#closed; first += ROOMS_AT_ONCE)
        await Promise.all(some.slice(first, first + ROOMS_AT_ONCE).map((room) => this.#sweepOne(room)))
    }
  }

  // What is wrong with one room keeps nothing in the others.
  async #sweepOne(room: Slug): Promise<void> {
    const { sweep, report } = this.#tools
    await sweep(room).catch((error) => {
      if (error instanceof Refusal) throw error
      report(error)
    })
  }
}
