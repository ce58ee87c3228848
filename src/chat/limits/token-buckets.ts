import type { Clock } from '../ports/clock.ts'
import { RecentCache } from '../recent-cache.ts'
import type { Allowance } from './rate-limit.ts'

/** Keys that are counted at once, some 150 bytes each. The newest half of them is never forgotten. */
const KEYS_MAX = 40_000

interface Bucket {
  left: number
  /** Milliseconds of the elapsed clock. */
  at: number
}

/**
 * Counts costs by key, in this process: a bucket holds the allowance's `count`, and refills evenly over its window. A
 * cost is known only afterwards, so it is taken even if less is left; then nothing is left until that is made up for.
 */
export class TokenBuckets {
  readonly #clock: Clock
  readonly #count: number
  readonly #perMs: number
  readonly #buckets = new RecentCache<Bucket>(KEYS_MAX)

  constructor(clock: Clock, { count, windowMs }: Allowance) {
    this.#clock = clock
    this.#count = count
    this.#perMs = count / windowMs
  }

  /** Milliseconds until at least 1 is left; 0 if it is. */
  wait(key: string): number {
    const bucket = this.#buckets.get(key)
    if (!bucket) return 0
    const left = this.#refilled(bucket)
    return left >= 1 ? 0 : (1 - left) / this.#perMs
  }

  take(key: string, cost: number): void {
    const bucket = this.#buckets.get(key)
    const left = (bucket ? this.#refilled(bucket) : this.#count) - cost
    this.#buckets.set(key, { left, at: this.#clock.elapsed() })
  }

  #refilled({ left, at }: Bucket): number {
    return Math.min(this.#count, left + (this.#clock.elapsed() - at) * this.#perMs)
  }
}
