import type { Clock } from '../chat/ports/clock.ts'
import type { Replays } from '../chat/ports/one-time-ids.ts'
import { Refusal } from '../chat/refusal.ts'

/** What is remembered at once, some 150 bytes each. */
export const REPLAYS_MAX = 100_000

/** What was shown to a single process. */
export class MemoryReplays implements Replays {
  readonly #clock: Clock
  readonly #shown = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async first(id: string, until: number): Promise<boolean> {
    const now = this.#clock.now()
    if ((this.#shown.get(id) ?? 0) > now) return false
    if (this.#shown.size >= REPLAYS_MAX) this.#forget(now)
    // To forget what is still good would let it be shown twice.
    if (this.#shown.size >= REPLAYS_MAX)
      throw new Refusal('busy', 'Too many people are coming in just now. Try again in a minute.', 60)
    this.#shown.set(id, until)
    return true
  }

  #forget(now: number): void {
    for (const [id, until] of this.#shown) if (until <= now) this.#shown.delete(id)
  }
}
