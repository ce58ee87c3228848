import type { Clock, Undo } from '../ports/clock.ts'

/** How long writing may hold the loop before posts, pages and small rooms get their turn of it. */
export const SLICE_MS = 8

/** Whoever waited this long goes first, however many its readers: many small rooms must not starve a big one. */
export const OVERDUE_MS = 100

/** A room with frames to hand out. */
export interface Delivery {
  /** How many readers wait: the fewest go first. */
  readonly readerCount: number
  /** Whether there is something to hand out. */
  readonly waiting: boolean
  /** Hands out what waited when it began, until done or until `late()`; true when that is done. */
  deliver(late: () => boolean): boolean
}

/** Where a room is in its turn. */
interface Turn {
  /** Since when it waits, by the elapsed clock. */
  waitingSince: number
  /** What handing out took so far. */
  spentMs: number
  restsUntil: number
}

/**
 * Gives all writing of frames a bounded share of the loop. After a pause a room’s frames go out at once; a room that
 * took t ms then rests for t ms, and what arrives meanwhile is joined. Big rooms are served in slices.
 */
export class FanOut {
  readonly #clock: Clock
  readonly #turns = new Map<Delivery, Turn>()
  #isScheduled = false
  #cancelTimer: Undo = () => {}

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** `delivery` has something to hand out. */
  wake(delivery: Delivery): void {
    if (this.#turns.has(delivery)) return
    this.#turns.set(delivery, { waitingSince: this.#clock.elapsed(), spentMs: 0, restsUntil: 0 })
    this.#schedule()
  }

  #run(): void {
    this.#isScheduled = false
    const started = this.#clock.elapsed()
    const late = () => this.#clock.elapsed() - started >= SLICE_MS
    for (const [delivery, turn] of this.#inOrder(started)) {
      this.#serve(delivery, turn, late)
      if (late()) break
    }
    this.#scheduleNext()
  }

  #serve(delivery: Delivery, turn: Turn, late: () => boolean): void {
    if (!delivery.waiting) {
      this.#turns.delete(delivery)
      return
    }
    const began = this.#clock.elapsed()
    const done = delivery.deliver(late)
    const now = this.#clock.elapsed()
    turn.spentMs += now - began
    // Also of a slice: who was just served waits no longer, and lets small rooms go first again.
    turn.waitingSince = now
    if (!done) return
    turn.restsUntil = now + Math.max(1, turn.spentMs)
    turn.spentMs = 0
  }

  #scheduleNext(): void {
    const now = this.#clock.elapsed()
    let next = Number.POSITIVE_INFINITY
    for (const { restsUntil } of this.#turns.values()) next = Math.min(next, restsUntil)
    this.#cancelTimer()
    if (next <= now) this.#schedule()
    else if (this.#turns.size > 0) this.#cancelTimer = this.#clock.after(next - now, () => this.#run())
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#cancelTimer()
    this.#clock.setImmediate(() => this.#run())
  }

  #inOrder(now: number): [Delivery, Turn][] {
    const overdue = ({ waitingSince }: Turn) => Number(now - waitingSince >= OVERDUE_MS)
    return [...this.#turns]
      .filter(([, { restsUntil }]) => restsUntil <= now)
      .sort(([a, x], [b, y]) => overdue(y) - overdue(x) || a.readerCount - b.readerCount)
  }
}
