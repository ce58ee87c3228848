import { VANISHING_TTL_MS } from '../chat/delivery/resume.ts'
import type { Clock } from '../chat/ports/clock.ts'
import type { Directory } from '../chat/ports/directory.ts'
import type { Slug } from '../chat/room.ts'
import { LISTED_MAX, tooManyListed } from './listed-max.ts'

/** The listed vanishing rooms of a single process: each for as long as such a room is remembered. */
export class MemoryDirectory implements Directory {
  readonly #clock: Clock
  readonly #until = new Map<Slug, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async list(room: Slug): Promise<void> {
    if (!this.#until.has(room) && (await this.listed()).length >= LISTED_MAX) throw tooManyListed()
    this.#until.set(room, this.#clock.elapsed() + VANISHING_TTL_MS)
  }

  async renew(room: Slug): Promise<void> {
    const now = this.#clock.elapsed()
    if ((this.#until.get(room) ?? now) > now) this.#until.set(room, now + VANISHING_TTL_MS)
  }

  async listed(): Promise<Slug[]> {
    const now = this.#clock.elapsed()
    for (const [room, until] of this.#until) if (until <= now) this.#until.delete(room)
    return [...this.#until.keys()]
  }
}
