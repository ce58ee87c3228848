import { VANISHING_TTL_MS } from '../chat/delivery/resume.ts'
import type { Clock } from '../chat/ports/clock.ts'
import type { Directory } from '../chat/ports/directory.ts'
import type { Slug } from '../chat/room.ts'
import { directoryFull, LISTED_MAX } from './listed-max.ts'

/** The listed vanishing rooms of a standalone process. Each is listed until it has been unused for an hour. */
export class MemoryDirectory implements Directory {
  readonly #clock: Clock
  readonly #listedUntil = new Map<Slug, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async add(room: Slug): Promise<void> {
    if (!this.#listedUntil.has(room) && (await this.listedRooms()).length >= LISTED_MAX) throw directoryFull()
    this.#listedUntil.set(room, this.#clock.elapsed() + VANISHING_TTL_MS)
  }

  async renew(room: Slug): Promise<void> {
    const now = this.#clock.elapsed()
    if ((this.#listedUntil.get(room) ?? now) > now) this.#listedUntil.set(room, now + VANISHING_TTL_MS)
  }

  async listedRooms(): Promise<Slug[]> {
    const now = this.#clock.elapsed()
    for (const [room, listedUntil] of this.#listedUntil)
      if (listedUntil <= now) this.#listedUntil.delete(room)
    return [...this.#listedUntil.keys()]
  }
}
