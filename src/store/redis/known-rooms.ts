import type { KeptRoom } from '../../chat/kept-room.ts'
import type { Clock } from '../../chat/ports.ts'
import type { Slug } from '../../chat/room.ts'

/** How long what was read of a room is believed, where nobody says that it changed. */
const BELIEVED_MS = 2_000

/** Rooms that are remembered at once, some hundred bytes each; the one read first gives way. */
export const ROOMS_MAX = 10_000

/** Whether there is a kept room of a name, or was one. */
export interface KnownRoom {
  readonly room: KeptRoom | undefined
  readonly owner: string | undefined
  readonly reservedUntil: number | undefined
}

interface Entry {
  readonly found: Promise<KnownRoom>
  /** What it came to. */
  read: KnownRoom | undefined
  until: number
}

/**
 * What this process knows of rooms, to ask Redis less: every post and page wants to know. All that writes is decided in
 * Redis, so what is old here makes at worst a refusal. That there is no kept room is believed only while this process
 * hears when one is made: nobody shall be shown a room as vanishing where what is said is kept.
 */
export class KnownRooms {
  readonly #clock: Clock
  readonly #read: (room: Slug) => Promise<KnownRoom>
  readonly #hears: (room: Slug) => boolean
  readonly #known = new Map<Slug, Entry>()

  /** @param hears whether this process is told, by `forget`, of what changes in a room */
  constructor(clock: Clock, read: (room: Slug) => Promise<KnownRoom>, hears: (room: Slug) => boolean) {
    this.#clock = clock
    this.#read = read
    this.#hears = hears
  }

  find(room: Slug): Promise<KnownRoom> {
    const known = this.#known.get(room)
    if (known && this.#isBelieved(room, known)) return known.found
    const entry = this.#remember(room, this.#read(room))
    entry.found.then(
      (read) => {
        entry.read = read
      },
      () => {
        if (this.#known.get(room) === entry) this.#known.delete(room)
      },
    )
    return entry.found
  }

  /** The room is kept as this just now; what was forgotten meanwhile stays so. */
  renew(room: KeptRoom): void {
    const known = this.#known.get(room.slug)
    if (!known?.read) return
    if (isSame(known.read.room, room)) known.until = this.#clock.elapsed() + BELIEVED_MS
    else this.#known.delete(room.slug)
  }

  forget(room: Slug): void {
    this.#known.delete(room)
  }

  forgetAll(): void {
    this.#known.clear()
  }

  #isBelieved(room: Slug, { read, until }: Entry): boolean {
    if (until <= this.#clock.elapsed()) return false
    const none = read && !read.room && read.reservedUntil === undefined
    return !none || this.#hears(room)
  }

  #remember(room: Slug, found: Promise<KnownRoom>): Entry {
    this.#known.delete(room)
    const oldest = this.#known.size >= ROOMS_MAX ? this.#known.keys().next().value : undefined
    if (oldest !== undefined) this.#known.delete(oldest)
    const entry: Entry = { found, read: undefined, until: this.#clock.elapsed() + BELIEVED_MS }
    this.#known.set(room, entry)
    return entry
  }
}

function isSame(one: KeptRoom | undefined, two: KeptRoom): boolean {
  return one?.retention === two.retention && one?.keep === two.keep && one?.listed === two.listed
}
