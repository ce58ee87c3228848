import type { Clock } from './ports.ts'

/** A slice of the loop that one turn of writing may take before posts, pages and small rooms get theirs. */
export const SLICE_MS = 8

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
  readonly #waiting = new Set<Delivery>()
  #scheduled = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  wake(delivery: Delivery): void {
    this.#waiting.add(delivery)
    if (this.#scheduled) return
    this.#scheduled = true
    this.#clock.soon(() => this.#run())
  }

  #run(): void {
    const started = this.#clock.elapsed()
    const late = () => this.#clock.elapsed() - started >= SLICE_MS
    const inOrder = [...this.#waiting].sort((a, b) => a.readers - b.readers)
    for (const delivery of inOrder) {
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
}
