import type { Clock } from '../chat/ports/clock.ts'
import type { OneTimeIds } from '../chat/ports/one-time-ids.ts'
import { Refusal } from '../chat/refusal.ts'

/** Ids remembered at once, some 150 bytes each. */
export const ONE_TIME_IDS_MAX = 100_000

/** The ids that were used at a standalone process. */
export class MemoryOneTimeIds implements OneTimeIds {
  readonly #clock: Clock
  readonly #used = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async use(id: string, until: number): Promise<boolean> {
    const now = this.#clock.now()
    if ((this.#used.get(id) ?? 0) > now) return false
    if (this.#used.size >= ONE_TIME_IDS_MAX) this.#forgetExpired(now)
    // Forgetting an id before it expires would let it be used twice.
    if (this.#used.size >= ONE_TIME_IDS_MAX)
      throw new Refusal('busy', 'Too many people are coming in just now. Try again in a minute.', 60)
    this.#used.set(id, until)
    return true
  }

  #forgetExpired(now: number): void {
    for (const [id, until] of this.#used) if (until <= now) this.#used.delete(id)
  }
}
