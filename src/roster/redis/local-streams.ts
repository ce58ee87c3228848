import type { Member } from '../../chat/member.ts'
import type { Name } from '../../chat/names/name.ts'
import type { Stay } from '../../chat/ports/roster.ts'
import type { Slug } from '../../chat/room.ts'

/** Rooms that this process looks after without having streams in them. The oldest are left to others, or to expire. */
const LATELY_MAX = 20_000

/** One member's streams at this process. */
export interface Stayer {
  readonly member: Member
  /** As the member stands in Redis. */
  readonly id: string
  readonly streams: Record<Stay, number>
  /** What the member was called last, as far as this process knows. */
  name: Name | undefined
  /** How many changes of `streams` there were, and up to which of them Redis is known to have them. */
  changes: number
  told: number
  /** Whether Redis may know of any streams at all. */
  sent: boolean
}

/** What this process looks after in one room. */
export interface TendedRoom {
  readonly slug: Slug
  readonly keys: readonly string[]
  readonly stayers: Map<string, Stayer>
  /** Whether Redis was told of these streams, and when the lease was renewed; milliseconds as of `elapsed()`. */
  known: boolean
  leasedAt: number
  /** Whether Redis must be told of all of them again. */
  forgotten: boolean
  /** What Redis called the time since which it lost nothing. */
  history: string
  /** When to look next, and until when to look though nobody has a stream here. */
  dueAt: number
  until: number
}

/** What this process knows by itself: its own streams, and the rooms in which it lately did something. */
export class Stays {
  readonly #rooms = new Map<Slug, TendedRoom>()
  readonly #keysOf: (room: Slug) => readonly string[]
  #roomsMax = LATELY_MAX

  constructor(keysOf: (room: Slug) => readonly string[]) {
    this.#keysOf = keysOf
  }

  get rooms(): readonly TendedRoom[] {
    return [...this.#rooms.values()]
  }

  find(slug: Slug, id: string): Stayer | undefined {
    return this.#rooms.get(slug)?.stayers.get(id)
  }

  /** The room is looked at next time, and until then. */
  touch(slug: Slug, until: number): TendedRoom {
    const known = this.#rooms.get(slug)
    if (known) {
      known.dueAt = 0
      known.until = Math.max(known.until, until)
      return known
    }
    if (this.#rooms.size >= this.#roomsMax) this.#leaveOldest()
    const room: TendedRoom = {
      slug,
      keys: this.#keysOf(slug),
      stayers: new Map(),
      known: false,
      leasedAt: Number.NEGATIVE_INFINITY,
      forgotten: false,
      history: '',
      dueAt: 0,
      until,
    }
    this.#rooms.set(slug, room)
    return room
  }

  /** One stream more, or one less. */
  change(room: TendedRoom, id: string, member: Member, stay: Stay, by: 1 | -1): Stayer {
    let stayer = room.stayers.get(id)
    if (!stayer) {
      const streams = { connected: 0, confirmed: 0 }
      stayer = { member, id, streams, name: undefined, changes: 0, told: 0, sent: false }
      room.stayers.set(id, stayer)
    }
    stayer.streams[stay] += by
    stayer.changes++
    return stayer
  }

  /** Forgets who has no stream here any more, once Redis knows. */
  settle(room: TendedRoom, stayer: Stayer): void {
    const { connected, confirmed } = stayer.streams
    if (connected + confirmed > 0 || (stayer.sent && stayer.told < stayer.changes)) return
    if (room.stayers.get(stayer.id) === stayer) room.stayers.delete(stayer.id)
    if (room.stayers.size === 0) room.known = room.forgotten = false
  }

  drop(room: TendedRoom): void {
    if (room.stayers.size === 0) this.#rooms.delete(room.slug)
  }

  // Those with streams are bounded by the process’s own limit.
  #leaveOldest(): void {
    let left = 0
    for (const room of this.#rooms.values()) {
      if (room.stayers.size > 0) continue
      this.#rooms.delete(room.slug)
      if (++left >= LATELY_MAX / 2) break
    }
    this.#roomsMax = this.#rooms.size + LATELY_MAX / 2
  }
}
