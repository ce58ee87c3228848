import type { Member, Seat } from '../../chat/member.ts'
import { RecentCache } from '../../chat/recent-cache.ts'
import type { Slug } from '../../chat/room.ts'

/** Seats known at once, a quarter of a kilobyte each. */
const SEATS_MAX = 40_000

export interface CachedSeat {
  readonly seat: Seat
  readonly tagVersion: number
  /** When it was taken or asked for in Redis; milliseconds as of `elapsed()`. */
  fetchedAt: number
  /** When it was noted last among the rooms of its member. */
  recordedAt: number
  /** Whether it is being asked for again. */
  refreshing: boolean
}

/** Which seats members had when they last did something here, so that a message needs no question to Redis. */
export class SeatCache {
  readonly #cache = new RecentCache<CachedSeat>(SEATS_MAX)
  #version = 0

  /** Names the time before a question: what was asked before somebody's seat changed is not believed after. */
  get version(): number {
    return this.#version
  }

  find(room: Slug, id: string, { tagVersion }: Member): CachedSeat | undefined {
    const known = this.#cache.get(cacheKey(room, id))
    return known?.tagVersion === tagVersion ? known : undefined
  }

  /** @param version as it was when the question was asked */
  set(room: Slug, id: string, known: CachedSeat, version: number): void {
    if (version === this.#version) this.#cache.set(cacheKey(room, id), known)
  }

  invalidate(room: Slug, id: string): void {
    this.#version++
    this.#cache.delete(cacheKey(room, id))
  }

  invalidateAll(): void {
    this.#version++
    this.#cache.clear()
  }
}

function cacheKey(room: Slug, id: string): string {
  return `${id} ${room}`
}
