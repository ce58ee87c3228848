import type { Allowance } from '../chat/limits/rate-limit.ts'
import type { Clock, Undo } from '../chat/ports/clock.ts'
import type { Secrets } from '../chat/ports/secrets.ts'
import { RecentCache } from '../chat/recent-cache.ts'
import { Refusal } from '../chat/refusal.ts'
import type { Redis } from '../redis/redis.ts'
import { defineScript } from '../redis/script.ts'
import type { Quota } from './limits.ts'

/** Keys counted in this process at most, some 300 bytes each. The newest half of them is never dropped. */
export const SHARED_WINDOWS_MAX = 40_000

/** Delay before uses are sent to Redis. The message that was counted goes out first, and waits for nothing. */
export const SYNC_DELAY_MS = 5

/** How often a window that other processes have used up is read again: they may have given something back. */
const REFRESH_INTERVAL_MS = 250

/**
 * KEYS: a hash with the `end` of a window and the uses in it (`spent`). ARGV: now, the end of the caller's window, the
 * caller's uses since its last sync, which are negative if some were given back.
 *
 * Replies with the end of the window and the uses of all processes in it. The first use begins the window.
 */
const SYNC_WINDOW = defineScript(`
local now, callerEnd, uses = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local window = redis.call('HMGET', KEYS[1], 'end', 'spent')
local ending, before = tonumber(window[1] or 0), tonumber(window[2] or 0)
if ending <= now then ending, before = callerEnd, 0 end
local total = math.max(0, before + uses)
if uses ~= 0 then
  redis.call('HSET', KEYS[1], 'end', string.format('%d', ending), 'spent', total)
  redis.call('PEXPIRE', KEYS[1], math.max(1, ending - now))
end
return { ending, total }`)

export interface SharedWindowsTools {
  readonly redis: Redis
  readonly clock: Clock
  readonly secrets: Secrets
  readonly report: (error: unknown) => void
}

interface SharedWindow {
  readonly key: string
  /** The key in Redis, from the first sync on. */
  redisKey: string | undefined
  /** Milliseconds since 1970 by the clock of Redis. The first reply corrects it if another process began the window. */
  end: number
  /** Uses in this process, and how many of them Redis knows or is being sent. */
  localCount: number
  syncedCount: number
  /** Uses in all other processes, as of the last reply. */
  remoteCount: number
  /** Milliseconds as of `elapsed()`. */
  refreshedAt: number
}

/**
 * Counts the uses of one allowance by key, in all processes together. All processes share a window, which begins with
 * the first use and ends by the clock of Redis.
 *
 * No request waits for Redis. A process decides by its own count and its last knowledge of the others, and syncs within
 * some milliseconds. Until then, several processes may allow too much: n processes at most n times the count in one
 * window, if all uses come at once. A caller who waits for each answer and goes from process to process gets one more
 * for each other process. While Redis is away, each process counts alone.
 *
 * Redis holds keyed digests of members and addresses, until their window ends.
 */
export class SharedWindows implements Quota {
  readonly #tools: SharedWindowsTools
  readonly #allowanceName: string
  readonly #allowance: Allowance
  readonly #refuse: (ms: number) => Error
  readonly #windows = new RecentCache<SharedWindow>(SHARED_WINDOWS_MAX)
  readonly #unsynced = new Set<SharedWindow>()
  #agedAt: number

  /**
   * @param name distinguishes the allowance from the others
   * @param refuse makes the error to throw when nothing is left for the next `ms` milliseconds
   */
  constructor(tools: SharedWindowsTools, name: string, allowance: Allowance, refuse: (ms: number) => Error) {
    this.#tools = tools
    this.#allowanceName = name
    this.#allowance = allowance
    this.#refuse = refuse
    this.#agedAt = tools.clock.elapsed()
  }

  async take(key: string): Promise<Undo> {
    const window = this.#window(key)
    if (window.localCount + window.remoteCount >= this.#allowance.count) {
      if (window.remoteCount > 0) this.#refresh(window)
      throw this.#refuse(window.end - this.#tools.redis.now())
    }
    window.localCount++
    this.#scheduleSync(window)
    let isTaken = true
    return () => {
      if (!isTaken) return
      isTaken = false
      window.localCount--
      this.#scheduleSync(window)
    }
  }

  #window(key: string): SharedWindow {
    const { clock, redis } = this.#tools
    const { windowMs } = this.#allowance
    const elapsed = clock.elapsed()
    if (elapsed - this.#agedAt >= windowMs) {
      this.#windows.age()
      this.#agedAt = elapsed
    }
    const now = redis.now()
    const existing = this.#windows.get(key)
    if (existing && existing.end > now) return existing
    const window: SharedWindow = {
      key,
      redisKey: undefined,
      end: now + windowMs,
      localCount: 0,
      syncedCount: 0,
      remoteCount: 0,
      refreshedAt: Number.NEGATIVE_INFINITY,
    }
    this.#windows.set(key, window)
    return window
  }

  // Uses within the delay are sent together. A use that is given back within it is not sent at all.
  #scheduleSync(window: SharedWindow): void {
    if (this.#unsynced.size === 0) this.#tools.clock.after(SYNC_DELAY_MS, () => this.#syncAll())
    this.#unsynced.add(window)
  }

  #syncAll(): void {
    for (const window of this.#unsynced) if (window.localCount !== window.syncedCount) this.#sync(window)
    this.#unsynced.clear()
  }

  #refresh(window: SharedWindow): void {
    const now = this.#tools.clock.elapsed()
    if (now - window.refreshedAt < REFRESH_INTERVAL_MS) return
    window.refreshedAt = now
    this.#sync(window)
  }

  #sync(window: SharedWindow): void {
    const { redis, secrets, report } = this.#tools
    const now = redis.now()
    // A use that is given back after its window is dropped: in a later one it would allow one more than the limit.
    if (!redis.up || window.end <= now) return
    const unsynced = window.localCount - window.syncedCount
    window.syncedCount = window.localCount
    const { syncedCount } = window
    window.redisKey ??= redis.keys.global(`spent:${secrets.digest('spent', this.#allowanceName, window.key)}`)
    redis.run(SYNC_WINDOW, [window.redisKey], [now, window.end, unsynced]).then(
      (reply) => {
        const [end, total] = reply as [number, number]
        window.end = end
        window.remoteCount = Math.max(0, total - syncedCount)
      },
      (error) => {
        // Redis may have counted the uses. Then they count twice, which is better than never.
        window.syncedCount -= unsynced
        if (!(error instanceof Refusal)) report(error)
      },
    )
  }
}
