import type { Clock, Undo } from '../ports/clock.ts'

/** How long writing may hold the loop before posts, pages and small rooms get their turn of it. */
export const SLICE_MS = 8

/** Whoever waited this long goes first, however many its readers: many small rooms must not starve a big one. */
export const OVERDUE_MS = 100

/** A room with frames to hand out. */
export interface Delivery {
  /** How many readers wait: the fewest go first. */
  readonly readers: number
  /** Whether there is something to hand out. */
  readonly waiting: boolean
  /** Hands out what waited when it began, until done or until `late()`; true when that is done. */
  deliver(late: () => boolean): boolean
}

/** Where a room is in its turn. */
interface Turn {
  /** Since when it waits, by the elapsed clock. */
  since: number
  /** What handing out took so far. */
  spent: number
  restsUntil: number
}

/**
 * Gives all writing of frames a bounded share of the loop. After a pause a room’s frames go out at once; a room that
 * took t ms then rests for t ms, and what arrives meanwhile is joined. Big rooms are served in slices.
 */
export class FanOut {
  readonly #clock: Clock
  readonly #turns = new Map<Delivery, Turn>()
  #soon = false
  #later: Undo = () => {}

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** `delivery` has something to hand out. */
  wake(delivery: Delivery): void {
    if (this.#turns.has(delivery)) return
    this.#turns.set(delivery, { since: this.#clock.elapsed(), spent: 0, restsUntil: 0 })
    this.#runSoon()
  }

  #run(): void {
    this.#soon = false
    const started = this.#clock.elapsed()
    const late = () => this.#clock.elapsed() - started >= SLICE_MS
    for (const [delivery, turn] of this.#inOrder(started)) {
      this.#serve(delivery, turn, late)
      if (late()) break
    }
    this.#goOn()
  }

  #serve(delivery: Delivery, turn: Turn, late: () => boolean): void {
    if (!delivery.waiting) {
      this.#turns.delete(delivery)
      return
    }
    const began = this.#clock.elapsed()
    const done = delivery.deliver(late)
    const now = this.#clock.elapsed()
    turn.spent += now - began
    // Also of a slice: who was just served waits no longer, and lets small rooms go first again.
    turn.since = now
    if (!done) return
    turn.restsUntil = now + Math.max(1, turn.spent)
    turn.spent = 0
  }

  #goOn(): void {
    const now = this.#clock.elapsed()
    let next = Number.POSITIVE_INFINITY
    for (const { restsUntil } of this.#turns.values()) next = Math.min(next, restsUntil)
    this.#later()
    if (next <= now) this.#runSoon()
    else if (this.#turns.size > 0) this.#later = this.#clock.after(next - now, () => this.#run())
  }

  #runSoon(): void {
    if (this.#soon) return
    this.#soon = true
    this.#later()
    this.#clock.soon(() => this.#run())
  }

  #inOrder(now: number): [Delivery, Turn][] {
    const overdue = ({ since }: Turn) => Number(now - since >= OVERDUE_MS)
    return [...this.#turns]
      .filter(([, { restsUntil }]) => restsUntil <= now)
      .sort(([a, x], [b, y]) => overdue(y) - overdue(x) || a.readers - b.readers)
  }
}
