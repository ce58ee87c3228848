import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js'
import RateLimiterRes from 'rate-limiter-flexible/lib/RateLimiterRes.js'
import type { Clock, Undo } from '../chat/ports/clock.ts'
import type { Allowance } from '../chat/rate-limit.ts'

/** Keys that are counted at once, some 600 bytes each: the limiter has no bound of its own. The oldest begin anew. */
export const LOCAL_WINDOWS_MAX = 20_000

interface Window {
  readonly key: string
  readonly end: number
  /** The one that began after it. */
  next: Window | undefined
}

/** What was spent of one allowance, by key, in this process alone. */
export class LocalWindows {
  readonly #clock: Clock
  readonly #limiter: RateLimiterMemory
  readonly #refuse: (ms: number) => Error
  readonly #openWindows = new Map<string, Window>()
  // A queue of its own: a Map whose first entries are deleted again and again grows slow to iterate.
  #oldest: Window | undefined
  #newest: Window | undefined

  /** @param refuse makes what is thrown when nothing is left for so many milliseconds */
  constructor(clock: Clock, { count, windowMs }: Allowance, refuse: (ms: number) => Error) {
    this.#clock = clock
    this.#limiter = new RateLimiterMemory({ points: count, duration: windowMs / 1000, keyPrefix: '' })
    this.#refuse = refuse
  }

  /** How many keys are counted. */
  get size(): number {
    return this.#openWindows.size
  }

  /** Takes one, and returns what gives it back. */
  async take(key: string): Promise<Undo> {
    const { isFirstInDuration, msBeforeNext } = await this.#consume(key)
    const window = isFirstInDuration ? this.#begin(key, msBeforeNext) : this.#openWindows.get(key)
    let spent = true
    return () => {
      // In a later window it would be one more than is allowed.
      if (spent && window && this.#openWindows.get(key) === window && this.#clock.elapsed() < window.end)
        this.#giveBack(key)
      spent = false
    }
  }

  async #consume(key: string): Promise<RateLimiterRes> {
    try {
      return await this.#limiter.consume(key)
    } catch (thrown) {
      if (!(thrown instanceof RateLimiterRes)) throw thrown
      // The limiter counts what it refuses too: taken back, so that what others give back is free again.
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
      // Its key may have a later window by now.
      if (this.#openWindows.get(oldest.key) !== oldest) continue
      this.#openWindows.delete(oldest.key)
      void this.#limiter.delete(oldest.key)
    }
  }

  // In memory it is done when this returns, and can't fail.
  #giveBack(key: string): void {
    void this.#limiter.reward(key)
  }
}
