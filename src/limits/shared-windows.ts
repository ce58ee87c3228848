import type { Clock, Undo } from '../chat/ports/clock.ts'
import type { Secrets } from '../chat/ports/secrets.ts'
import type { Allowance } from '../chat/rate-limit.ts'
import { Recent } from '../chat/recent-cache.ts'
import { Refusal } from '../chat/refusal.ts'
import type { Redis } from '../redis/redis.ts'
import { script } from '../redis/script.ts'
import type { Purse } from './limits.ts'

/** Keys that are counted in this process, some 300 bytes each; at least half as many of the latest. */
export const KEYS_MAX = 40_000

/** How soon others are told: the message that is paid for is on its way to its readers before, and waits for nothing. */
export const TELL_MS = 5

/** How often Redis is asked, for one whom the others' spending refuses, whether some was given back. */
const ASK_MS = 250

/**
 * now, when the caller's window ends, what was spent there since it was told last; less than nothing when some was
 * given back. The key is a hash of the `end` of a window and what was `spent` in it.
 *
 * Replies when the window ends and what all have spent in it. The first who spends begins the window.
 */
const TELL = script(`
local now, mine, spent = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local known = redis.call('HMGET', KEYS[1], 'end', 'spent')
local ending, before = tonumber(known[1] or 0), tonumber(known[2] or 0)
if ending <= now then ending, before = mine, 0 end
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

interface Window {
  readonly key: string
  /** Its key in Redis, once it was told. */
  name: string | undefined
  /** By the clock of Redis; what another process began ends sooner, which is heard with the first answer. */
  end: number
  /** What was spent here, and how much of it Redis knows or is being told. */
  own: number
  told: number
  /** What was spent at all other processes, when they were heard of last. */
  others: number
  /** Milliseconds as of `elapsed()`. */
  askedAt: number
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
export class SharedWindows implements Purse {
  readonly #tools: SharedWindowsTools
  readonly #name: string
  readonly #allowance: Allowance
  readonly #refuse: (ms: number) => Error
  readonly #windows = new Recent<Window>(KEYS_MAX)
  readonly #untold = new Set<Window>()
  #agedAt: number

  /**
   * @param name of the allowance, among the others
   * @param refuse makes what is thrown when nothing is left for so many milliseconds
   */
  constructor(tools: SharedWindowsTools, name: string, allowance: Allowance, refuse: (ms: number) => Error) {
    this.#tools = tools
    this.#name = name
    this.#allowance = allowance
    this.#refuse = refuse
    this.#agedAt = tools.clock.elapsed()
  }

  async spend(key: string): Promise<Undo> {
    const window = this.#window(key)
    if (window.own + window.others >= this.#allowance.count) {
      if (window.others > 0) this.#ask(window)
      throw this.#refuse(window.end - this.#tools.redis.now())
    }
    window.own++
    this.#tellSoon(window)
    let spent = true
    return () => {
      if (!spent) return
      spent = false
      window.own--
      this.#tellSoon(window)
    }
  }

  #window(key: string): Window {
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
      name: undefined,
      end: now + windowMs,
      own: 0,
      told: 0,
      others: 0,
      askedAt: Number.NEGATIVE_INFINITY,
    }
    this.#windows.set(key, window)
    return window
  }

  // What comes until then is told in one word, and what was given back until then in none.
  #tellSoon(window: Window): void {
    if (this.#untold.size === 0) this.#tools.clock.after(TELL_MS, () => this.#tellAll())
    this.#untold.add(window)
  }

  #tellAll(): void {
    for (const window of this.#untold) if (window.own !== window.told) this.#tell(window)
    this.#untold.clear()
  }

  #ask(window: Window): void {
    const now = this.#tools.clock.elapsed()
    if (now - window.askedAt < ASK_MS) return
    window.askedAt = now
    this.#tell(window)
  }

  #tell(window: Window): void {
    const { redis, secrets, report } = this.#tools
    const now = redis.now()
    // What is given back to a window that is over is nothing: in a later one it would be one more than is allowed.
    if (!redis.up || window.end <= now) return
    const spent = window.own - window.told
    window.told = window.own
    const { told } = window
    window.name ??= redis.keys.global(`spent:${secrets.digest('spent', this.#name, window.key)}`)
    redis.run(TELL, [window.name], [now, window.end, spent]).then(
      (reply) => {
        const [end, total] = reply as [number, number]
        window.end = end
        window.others = Math.max(0, total - told)
      },
      (error) => {
        // It may have been counted: then it counts twice, rather than never.
        window.told -= spent
        if (!(error instanceof Refusal)) report(error)
      },
    )
  }
}
