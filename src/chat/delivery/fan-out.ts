import type { Clock, Undo } from '../ports/clock.ts'

/** How long writing may hold the event loop before posts, pages and small rooms get their turn. */
export const SLICE_MS = 8

/** A room that waited this long goes first, however many readers it has: small rooms must not starve a big one. */
export const OVERDUE_MS = 100

/** A room with frames to deliver. */
export interface Delivery {
  /** The number of readers. The room with the fewest goes first. */
  readonly readerCount: number
  /** Whether frames are waiting. */
  readonly waiting: boolean
  /**
   * Delivers the frames that wait at its beginning, until all are delivered or until `late()`.
   * @returns whether all are delivered
   */
  deliver(late: () => boolean): boolean
}

/** The progress of one room. */
interface Turn {
  /** The beginning of its wait, in milliseconds of the elapsed clock. */
  waitingSince: number
  /** The time that its unfinished delivery took so far. */
  spentMs: number
  restsUntil: number
}

/**
 * Limits the share of the event loop that writing frames takes. After a pause a room's frames go out at once. A room
 * that took t ms then rests for t ms, and frames that arrive meanwhile go out together. Big rooms are served in slices.
 */
export class FanOut {
  readonly #clock: Clock
  readonly #turns = new Map<Delivery, Turn>()
  #isScheduled = false
  #cancelTimer: Undo = () => {}

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Schedules a room that has frames to deliver. */
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
    // Also after a slice: a room that was just served is not overdue, so small rooms go first again.
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
