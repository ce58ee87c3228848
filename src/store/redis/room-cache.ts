import type { KeptRoom } from '../../chat/kept-room.ts'
import type { Clock } from '../../chat/ports/clock.ts'
import type { Slug } from '../../chat/room.ts'

/** How long what was read of a room is believed, where nobody says that it changed. */
const BELIEVED_MS = 2_000

/** How long it is believed, and looked at again beside, in rooms whose changes this process hears of. */
const SURE_MS = 40_000

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
  /** When it was asked for or came with an answer last, in milliseconds as of `elapsed()`. */
  at: number
  looking: boolean
}

/**
 * What this process knows of rooms, to ask Redis less: every post and page wants to know. All that writes is decided in
 * Redis, so what is old here makes at worst a refusal. That there is no kept room is believed only while this process
 * hears when one is made: nobody shall be shown a room as vanishing where what is said is kept.
 */
export class KnownRooms {
  readonly #clock: Clock
  readonly #read: (room: Slug) => Promise<KnownRoom>
  readonly #hearsSince: (room: Slug) => number
  readonly #known = new Map<Slug, Entry>()

  /** @param hearsSince since when changes of the room lead to `forget`, as of `elapsed()`; infinite where they don't */
  constructor(clock: Clock, read: (room: Slug) => Promise<KnownRoom>, hearsSince: (room: Slug) => number) {
    this.#clock = clock
    this.#read = read
    this.#hearsSince = hearsSince
  }

  find(room: Slug): Promise<KnownRoom> {
    const known = this.#known.get(room)
    if (!known) return this.#remember(room, this.#read(room)).found
    const age = this.#clock.elapsed() - known.at
    const sure = known.at >= this.#hearsSince(room)
    if (age < BELIEVED_MS && (sure || !isNone(known.read))) return known.found
    if (age >= SURE_MS || !sure) return this.#remember(room, this.#read(room)).found
    this.#lookAgain(room, known)
    return known.found
  }

  /** The room is kept as this just now; what was forgotten meanwhile stays so. */
  renew(room: KeptRoom): void {
    const known = this.#known.get(room.slug)
    if (!known?.read) return
    if (isSame(known.read.room, room)) known.at = this.#clock.elapsed()
    else this.#known.delete(room.slug)
  }

  forget(room: Slug): void {
    this.#known.delete(room)
  }

  forgetAll(): void {
    this.#known.clear()
  }

  #lookAgain(room: Slug, known: Entry): void {
    if (known.looking) return
    known.looking = true
    const found = this.#read(room)
    const at = this.#clock.elapsed()
    found.then(
      () => {
        // What was forgotten meanwhile stays so.
        if (this.#known.get(room) === known) this.#remember(room, found).at = at
      },
      () => {
        known.looking = false
      },
    )
  }

  #remember(room: Slug, found: Promise<KnownRoom>): Entry {
    this.#known.delete(room)
    const oldest = this.#known.size >= ROOMS_MAX ? this.#known.keys().next().value : undefined
    if (oldest !== undefined) this.#known.delete(oldest)
    const entry: Entry = { found, read: undefined, at: this.#clock.elapsed(), looking: false }
    this.#known.set(room, entry)
    found.then(
      (read) => {
        entry.read = read
      },
      () => {
        if (this.#known.get(room) === entry) this.#known.delete(room)
      },
    )
    return entry
  }
}

function isSame(one: KeptRoom | undefined, two: KeptRoom): boolean {
  return one?.retention === two.retention && one?.keep === two.keep && one?.listed === two.listed
}

function isNone(read: KnownRoom | undefined): boolean {
  return read !== undefined && !read.room && read.reservedUntil === undefined
}
