import type { KeptRoom } from '../../chat/kept-room.ts'
import type { Clock } from '../../chat/ports/clock.ts'
import { type Deadlines, NO_DEADLINES } from '../../chat/ports/deadlines.ts'
import type { Slug } from '../../chat/room.ts'

/** How long an entry is fresh. */
const ROOM_FRESH_MS = 2_000

/** How long an entry may be used while it is revalidated, in rooms whose changes this process is subscribed to. */
const ROOM_STALE_MS = 40_000

/** Cached rooms, some hundred bytes each. The oldest entry is evicted. */
export const ROOMS_MAX = 10_000

/** The kept room with a slug, or the reservation of a deleted one, or neither. */
export interface RoomLookup {
  readonly room: KeptRoom | undefined
  /** The digest of the owner's link. */
  readonly owner: string | undefined
  /** Milliseconds since 1970. */
  readonly reservedUntil: number | undefined
}

interface Entry {
  readonly result: Promise<RoomLookup>
  /** The value of `result`, once it has resolved. */
  value: RoomLookup | undefined
  /** When it was requested or last confirmed, as of `elapsed()`. */
  fetchedAt: number
  isRevalidating: boolean
}

/**
 * Caches rooms, which every post and page needs. Every write is decided in Redis, so a stale entry causes at worst a
 * refusal. The absence of a kept room is cached only while this process is subscribed to the room: nobody may be shown
 * a vanishing room if messages are kept.
 */
export class RedisRoomCache {
  readonly #clock: Clock
  readonly #read: (room: Slug) => Promise<RoomLookup>
  readonly #subscribedSince: (room: Slug) => number
  readonly #deadlines: Deadlines
  readonly #entries = new Map<Slug, Entry>()

  /**
   * @param subscribedSince since when changes of the room lead to `invalidate`, as of `elapsed()`; infinite if they
   *   don't
   * @param deadlines of the requests that wait for a room
   */
  constructor(
    clock: Clock,
    read: (room: Slug) => Promise<RoomLookup>,
    subscribedSince: (room: Slug) => number,
    deadlines: Deadlines = NO_DEADLINES,
  ) {
    this.#clock = clock
    // Several requests may wait for the same reply.
    this.#read = (room) => deadlines.detach(() => read(room))
    this.#deadlines = deadlines
    this.#subscribedSince = subscribedSince
  }

  find(room: Slug): Promise<RoomLookup> {
    const { result, value } = this.#entry(room)
    return value ? result : this.#deadlines.wait(result)
  }

  /** Confirms the settings of a cached room. An entry that was invalidated is not restored. */
  renew(room: KeptRoom): void {
    const entry = this.#entries.get(room.slug)
    if (!entry?.value) return
    if (hasSameSettings(entry.value.room, room)) entry.fetchedAt = this.#clock.elapsed()
    else this.#entries.delete(room.slug)
  }

  invalidate(room: Slug): void {
    this.#entries.delete(room)
  }

  invalidateAll(): void {
    this.#entries.clear()
  }

  #entry(room: Slug): Entry {
    const entry = this.#entries.get(room)
    if (!entry) return this.#insert(room, this.#read(room))
    const age = this.#clock.elapsed() - entry.fetchedAt
    const isCovered = entry.fetchedAt >= this.#subscribedSince(room)
    if (age < ROOM_FRESH_MS && (isCovered || !isAbsent(entry.value))) return entry
    if (age >= ROOM_STALE_MS || !isCovered) return this.#insert(room, this.#read(room))
    this.#revalidate(room, entry)
    return entry
  }

  #revalidate(room: Slug, entry: Entry): void {
    if (entry.isRevalidating) return
    entry.isRevalidating = true
    const result = this.#read(room)
    const fetchedAt = this.#clock.elapsed()
    result.then(
      () => {
        // An entry that was invalidated in the meantime is not restored.
        if (this.#entries.get(room) === entry) this.#insert(room, result).fetchedAt = fetchedAt
      },
      () => {
        entry.isRevalidating = false
      },
    )
  }

  #insert(room: Slug, result: Promise<RoomLookup>): Entry {
    this.#entries.delete(room)
    const oldest = this.#entries.size >= ROOMS_MAX ? this.#entries.keys().next().value : undefined
    if (oldest !== undefined) this.#entries.delete(oldest)
    const entry: Entry = { result, value: undefined, fetchedAt: this.#clock.elapsed(), isRevalidating: false }
    this.#entries.set(room, entry)
    result.then(
      (read) => {
        entry.value = read
      },
      () => {
        if (this.#entries.get(room) === entry) this.#entries.delete(room)
      },
    )
    return entry
  }
}

function hasSameSettings(one: KeptRoom | undefined, two: KeptRoom): boolean {
  return one?.retention === two.retention && one?.keep === two.keep && one?.listed === two.listed
}

function isAbsent(read: RoomLookup | undefined): boolean {
  return read !== undefined && !read.room && read.reservedUntil === undefined
}
