import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js'
import RateLimiterRes from 'rate-limiter-flexible/lib/RateLimiterRes.js'
import type { Allowance } from '../chat/limits/rate-limit.ts'
import type { Clock, Undo } from '../chat/ports/clock.ts'

/** Keys counted at once, some 600 bytes each, as the limiter has no bound. Beyond this the oldest start over. */
export const LOCAL_WINDOWS_MAX = 20_000

interface Window {
  readonly key: string
  /** Milliseconds as of `elapsed()`. */
  readonly end: number
  /** The window that began after this one. */
  next: Window | undefined
}

/** Counts the uses of one allowance by key, in this process alone. */
export class LocalWindows {
  readonly #clock: Clock
  readonly #limiter: RateLimiterMemory
  readonly #refuse: (ms: number) => Error
  readonly #openWindows = new Map<string, Window>()
  // A linked list: a Map becomes slow to iterate when its first entries are deleted again and again.
  #oldest: Window | undefined
  #newest: Window | undefined

  /** @param refuse makes the error to throw when nothing is left for the next `ms` milliseconds */
  constructor(clock: Clock, { count, windowMs }: Allowance, refuse: (ms: number) => Error) {
    this.#clock = clock
    this.#limiter = new RateLimiterMemory({ points: count, duration: windowMs / 1000, keyPrefix: '' })
    this.#refuse = refuse
  }

  /** How many keys are counted. */
  get size(): number {
    return this.#openWindows.size
  }

  /**
   * Counts one use.
   * @returns gives the use back
   */
  async take(key: string): Promise<Undo> {
    const { isFirstInDuration, msBeforeNext } = await this.#consume(key)
    const window = isFirstInDuration ? this.#begin(key, msBeforeNext) : this.#openWindows.get(key)
    let isTaken = true
    return () => {
      // Only within the same window: in a later one it would allow one more than the limit.
      if (isTaken && window && this.#openWindows.get(key) === window && this.#clock.elapsed() < window.end)
        this.#giveBack(key)
      isTaken = false
    }
  }

  async #consume(key: string): Promise<RateLimiterRes> {
    try {
      return await this.#limiter.consume(key)
    } catch (thrown) {
      if (!(thrown instanceof RateLimiterRes)) throw thrown
      // The limiter counts refused attempts too. If they stayed counted, what others give back would not be free.
      this.#giveBack(key)
      throw this.#refuse(thrown.msBeforeNext)
    }
  }

  #begin(key: string, ms: number): Window {
    const now = this.#clock.elapsed()
    const window: Window = { key, end: now + ms, next: undefined }
    this.#openWindows.set(key, window)
    if (this.#newest) this.#newest.next = window
    this.#newest = window
    this.#oldest ??= window
    this.#forgetOldest(now)
    return window
  }

  #forgetOldest(now: number): void {
    for (let oldest = this.#oldest; oldest; oldest = oldest.next) {
      this.#oldest = oldest
      if (oldest.end > now && this.#openWindows.size <= LOCAL_WINDOWS_MAX) return
      // The key may have a later window by now.
      if (this.#openWindows.get(oldest.key) !== oldest) continue
      this.#openWindows.delete(oldest.key)
      void this.#limiter.delete(oldest.key)
    }
  }

  // In memory, `reward` is done when it returns and can't fail.
  #giveBack(key: string): void {
    void this.#limiter.reward(key)
  }
}
