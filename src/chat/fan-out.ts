import type { Clock } from './ports.ts'

/** A slice of the loop that one turn of writing may take before posts, pages and small rooms get theirs. */
export const SLICE_MS = 8

/** Whoever waited this long goes first, however many its readers: many small rooms must not starve a big one. */
export const OVERDUE_MS = 100

/** Something with frames to hand out. */
export interface Delivery {
  /** How many readers wait: the fewest go first. */
  readonly readers: number
  /** Hands out until done or until `late()`; true when nothing is left. */
  deliver(late: () => boolean): boolean
}

/**
 * Takes a bounded share of the loop for all writing of frames: what one turn brings goes out together, at once after
 * a pause; after writing for t ms it rests for t ms, and what arrives meanwhile is joined.
 */
export class FanOut {
  readonly #clock: Clock
  // Since when each waits.
  readonly #waiting = new Map<Delivery, number>()
  #scheduled = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  wake(delivery: Delivery): void {
    if (!this.#waiting.has(delivery)) this.#waiting.set(delivery, this.#clock.elapsed())
    if (this.#scheduled) return
    this.#scheduled = true
    this.#clock.soon(() => this.#run())
  }

  #run(): void {
    const started = this.#clock.elapsed()
    const late = () => this.#clock.elapsed() - started >= SLICE_MS
    for (const delivery of this.#inOrder(started)) {
      if (!delivery.deliver(late)) break
      this.#waiting.delete(delivery)
      if (late()) break
    }
    const spent = this.#clock.elapsed() - started
    this.#clock.after(Math.max(1, spent), () => this.#rested())
  }

  #rested(): void {
    if (this.#waiting.size > 0) this.#run()
    else this.#scheduled = false
  }

  #inOrder(now: number): Delivery[] {
    const overdue = (since: number) => now - since >= OVERDUE_MS
    const waiting = [...this.#waiting]
    waiting.sort(([a, x], [b, y]) => Number(overdue(y)) - Number(overdue(x)) || a.readers - b.readers)
    return waiting.map(([delivery]) => delivery)
  }
}
