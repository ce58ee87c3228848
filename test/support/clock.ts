import type { Clock } from '../../src/chat/ports/clock.ts'

/** A clock that stands still until it is told to go on. */
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

  /** How many timers wait. */
  get pendingTimers(): number {
    return this.#timers.length
  }

  /** Runs what was put off to the end of the turn, and what that puts off. */
  settle(): void {
    for (let run = this.#deferred.shift(); run; run = this.#deferred.shift()) run()
  }

  /** Time that work takes: it passes while something runs, and nothing falls due meanwhile. */
  advanceWithoutTimers(ms: number): void {
    this.#elapsed += ms
  }

  /** Lets time pass, running what falls due on its way in the order of time. */
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
