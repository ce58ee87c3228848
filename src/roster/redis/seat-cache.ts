import type { Member, Seat } from '../../chat/member.ts'
import { RecentCache } from '../../chat/recent-cache.ts'
import type { Slug } from '../../chat/room.ts'

/** Seats cached at once, a quarter of a kilobyte each. */
const SEATS_MAX = 40_000

export interface CachedSeat {
  readonly seat: Seat
  readonly tagVersion: number
  /** When it was taken or read in Redis; milliseconds as of `elapsed()`. */
  fetchedAt: number
  /** When the room was last recorded among the rooms of the member; milliseconds as of `elapsed()`. */
  recordedAt: number
  /** Whether it is being read again. */
  refreshing: boolean
}

/** Caches the seats of members who recently did something here, so that a post need not read its seat from Redis. */
export class SeatCache {
  readonly #cache = new RecentCache<CachedSeat>(SEATS_MAX)
  #version = 0

  /** Rises with every invalidation: a seat that was requested before one must not be cached after it. */
  get version(): number {
    return this.#version
  }

  find(room: Slug, id: string, { tagVersion }: Member): CachedSeat | undefined {
    const cached = this.#cache.get(cacheKey(room, id))
    return cached?.tagVersion === tagVersion ? cached : undefined
  }

  /** @param version the value of `version` when the seat was requested */
  set(room: Slug, id: string, seat: CachedSeat, version: number): void {
    if (version === this.#version) this.#cache.set(cacheKey(room, id), seat)
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
