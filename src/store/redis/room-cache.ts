import type { KeptRoom } from '../../chat/kept-room.ts'
import type { Clock } from '../../chat/ports/clock.ts'
import type { Slug } from '../../chat/room.ts'

/** How long what was read of a room is believed, where nobody says that it changed. */
const ROOM_FRESH_MS = 2_000

/** How long it is believed, and looked at again beside, in rooms whose changes this process hears of. */
const ROOM_STALE_MS = 40_000

/** Rooms that are remembered at once, some hundred bytes each; the one read first gives way. */
export const ROOMS_MAX = 10_000

/** Whether there is a kept room of a name, or was one. */
export interface RoomLookup {
  readonly room: KeptRoom | undefined
  readonly owner: string | undefined
  readonly reservedUntil: number | undefined
}

interface Entry {
  readonly result: Promise<RoomLookup>
  /** What it came to. */
  value: RoomLookup | undefined
  /** When it was asked for or came with an answer last, in milliseconds as of `elapsed()`. */
  fetchedAt: number
  isRevalidating: boolean
}

/**
 * What this process knows of rooms, to ask Redis less: every post and page wants to know. All that writes is decided in
 * Redis, so what is old here makes at worst a refusal. That there is no kept room is believed only while this process
 * hears when one is made: nobody shall be shown a room as vanishing where what is said is kept.
 */
export class RedisRoomCache {
  readonly #clock: Clock
  readonly #read: (room: Slug) => Promise<RoomLookup>
  readonly #subscribedSince: (room: Slug) => number
  readonly #entries = new Map<Slug, Entry>()

  /** @param hearsSince since when changes of the room lead to `forget`, as of `elapsed()`; infinite where they don't */
  constructor(clock: Clock, read: (room: Slug) => Promise<RoomLookup>, hearsSince: (room: Slug) => number) {
    this.#clock = clock
    this.#read = read
    this.#subscribedSince = hearsSince
  }

  find(room: Slug): Promise<RoomLookup> {
    const known = this.#entries.get(room)
    if (!known) return this.#insert(room, this.#read(room)).result
    const age = this.#clock.elapsed() - known.fetchedAt
    const sure = known.fetchedAt >= this.#subscribedSince(room)
    if (age < ROOM_FRESH_MS && (sure || !isAbsent(known.value))) return known.result
    if (age >= ROOM_STALE_MS || !sure) return this.#insert(room, this.#read(room)).result
    this.#revalidate(room, known)
    return known.result
  }

  /** The room is kept as this just now; what was forgotten meanwhile stays so. */
  renew(room: KeptRoom): void {
    const known = this.#entries.get(room.slug)
    if (!known?.value) return
    if (hasSameSettings(known.value.room, room)) known.fetchedAt = this.#clock.elapsed()
    else this.#entries.delete(room.slug)
  }

  invalidate(room: Slug): void {
    this.#entries.delete(room)
  }

  invalidateAll(): void {
    this.#entries.clear()
  }

  #revalidate(room: Slug, known: Entry): void {
    if (known.isRevalidating) return
    known.isRevalidating = true
    const found = this.#read(room)
    const at = this.#clock.elapsed()
    found.then(
      () => {
        // What was forgotten meanwhile stays so.
        if (this.#entries.get(room) === known) this.#insert(room, found).fetchedAt = at
      },
      () => {
        known.isRevalidating = false
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
