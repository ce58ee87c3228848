import type { Clock } from '../../src/chat/ports/clock.ts'

/** A clock that advances only on request. */
export class TestClock implements Clock {
  #now: number
  #elapsed = 0
  #timers: { due: number; run: () => void }[] = []
  #deferred: (() => void)[] = []

  constructor(now = Date.UTC(2026, 10, 22, 17)) {
    this.#now = now
  }

  now(): number {
    return this.#now + this.#elapsed
  }

  elapsed(): number {
    return this.#elapsed
  }

  after(ms: number, run: () => void): () => void {
    const timer = { due: this.#elapsed + Math.max(0, ms), run }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  setImmediate(run: () => void): void {
    this.#deferred.push(run)
  }

  /** The number of timers that are not due yet. */
  get pendingTimers(): number {
    return this.#timers.length
  }

  /** Runs the callbacks of `setImmediate`, including those that they add. */
  settle(): void {
    for (let run = this.#deferred.shift(); run; run = this.#deferred.shift()) run()
  }

  /** Advances the time without running timers, as while a callback runs. */
  advanceWithoutTimers(ms: number): void {
    this.#elapsed += ms
  }

  /** Advances the time, and runs the timers that become due, in their order. */
  advance(ms: number): void {
    const end = this.#elapsed + ms
    this.settle()
    for (;;) {
      const next = this.#timers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0]
      if (!next) break
      this.#timers = this.#timers.filter((other) => other !== next)
      this.#elapsed = Math.max(this.#elapsed, next.due)
      next.run()
      this.settle()
    }
    this.#elapsed = Math.max(this.#elapsed, end)
  }
}
