import type { Clock, Undo } from '../chat/ports/clock.ts'
import type { Secrets } from '../chat/ports/secrets.ts'
import type { Allowance } from '../chat/rate-limit.ts'
import { RecentCache } from '../chat/recent-cache.ts'
import { Refusal } from '../chat/refusal.ts'
import type { Redis } from '../redis/redis.ts'
import { defineScript } from '../redis/script.ts'
import type { Quota } from './limits.ts'

/** Keys that are counted in this process, some 300 bytes each; at least half as many of the latest. */
export const SHARED_WINDOWS_MAX = 40_000

/** How soon others are told: the message that is paid for is on its way to its readers before, and waits for nothing. */
export const SYNC_DELAY_MS = 5

/** How often Redis is asked, for one whom the others' spending refuses, whether some was given back. */
const REFRESH_INTERVAL_MS = 250

/**
 * ARGV: now, when the caller's window ends, what was spent there since it was told last;
 * less than nothing when some was
 * given back. The key is a hash of the `end` of a window and what was `spent` in it.
 *
 * Replies when the window ends and what all have spent in it. The first who spends begins the window.
 */
const SYNC_WINDOW = defineScript(`
local now, callerEnd, spent = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local window = redis.call('HMGET', KEYS[1], 'end', 'spent')
local ending, before = tonumber(window[1] or 0), tonumber(window[2] or 0)
if ending <= now then ending, before = callerEnd, 0 end
local total = math.max(0, before + spent)
if spent ~= 0 then
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
  /** Its key in Redis, once it was told. */
  redisKey: string | undefined
  /** By the clock of Redis; what another process began ends sooner, which is heard with the first answer. */
  end: number
  /** What was spent here, and how much of it Redis knows or is being told. */
  localCount: number
  syncedCount: number
  /** What was spent at all other processes, when they were heard of last. */
  remoteCount: number
  /** Milliseconds as of `elapsed()`. */
  refreshedAt: number
}

/**
 * What was spent of one allowance at all processes, by key. Windows are the same for all: the first who spends begins
 * one, by the clock of Redis.
 *
 * Nobody waits for Redis: a process decides by what it spent itself and what it last heard of the others, and tells them
 * within some milliseconds. So what passes at several processes until then may be too much: at n
 * processes at most n times the count in one window if all comes at once; of those who wait for each answer, and go
 * from process to process, one more for each other process. While Redis is away each process counts alone.
 *
 * In Redis stand keyed digests of members and addresses, until their window ends.
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
   * @param name of the allowance, among the others
   * @param refuse makes what is thrown when nothing is left for so many milliseconds
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
    let spent = true
    return () => {
      if (!spent) return
      spent = false
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
    const known = this.#windows.get(key)
    if (known && known.end > now) return known
    const window = {
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

  // What comes until then is told in one word, and what was given back until then in none.
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
    // What is given back to a window that is over is nothing: in a later one it would be one more than is allowed.
    if (!redis.up || window.end <= now) return
    const spent = window.localCount - window.syncedCount
    window.syncedCount = window.localCount
    const { syncedCount } = window
    window.redisKey ??= redis.keys.global(`spent:${secrets.digest('spent', this.#allowanceName, window.key)}`)
    redis.run(SYNC_WINDOW, [window.redisKey], [now, window.end, spent]).then(
      (reply) => {
        const [end, total] = reply as [number, number]
        window.end = end
        window.remoteCount = Math.max(0, total - syncedCount)
      },
      (error) => {
        // It may have been counted: then it counts twice, rather than never.
        window.syncedCount -= spent
        if (!(error instanceof Refusal)) report(error)
      },
    )
  }
}
