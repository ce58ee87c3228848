import type { Member, Seat } from '../../chat/member.ts'
import { Recent } from '../../chat/recent-cache.ts'
import type { Slug } from '../../chat/room.ts'

/** Seats known at once, a quarter of a kilobyte each. */
const SEATS_MAX = 40_000

export interface KnownSeat {
  readonly seat: Seat
  readonly era: number
  /** When it was taken or asked for in Redis; milliseconds as of `elapsed()`. */
  at: number
  /** When it was noted last among the rooms of its member. */
  notedAt: number
  /** Whether it is being asked for again. */
  refreshing: boolean
}

/** Which seats members had when they last did something here, so that a message needs no question to Redis. */
export class Seats {
  readonly #recent = new Recent<KnownSeat>(SEATS_MAX)
  #forgotten = 0

  /** Names the time before a question: what was asked before somebody's seat changed is not believed after. */
  get turn(): number {
    return this.#forgotten
  }

  find(room: Slug, id: string, { era }: Member): KnownSeat | undefined {
    const known = this.#recent.get(nameOf(room, id))
    return known?.era === era ? known : undefined
  }

  /** @param turn as it was when the question was asked */
  keep(room: Slug, id: string, known: KnownSeat, turn: number): void {
    if (turn === this.#forgotten) this.#recent.set(nameOf(room, id), known)
  }

  forget(room: Slug, id: string): void {
    this.#forgotten++
    this.#recent.delete(nameOf(room, id))
  }

  forgetAll(): void {
    this.#forgotten++
    this.#recent.clear()
  }
}

function nameOf(room: Slug, id: string): string {
  return `${id} ${room}`
}
