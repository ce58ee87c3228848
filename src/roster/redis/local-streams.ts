import type { Member } from '../../chat/member.ts'
import type { Name } from '../../chat/names/name.ts'
import type { Liveness } from '../../chat/ports/roster.ts'
import type { Slug } from '../../chat/room.ts'

/** Rooms that this process looks after without having streams in them. The oldest are left to others, or to expire. */
const RECENT_ROOMS_MAX = 20_000

/** One member's streams at this process. */
export interface MemberStreams {
  readonly member: Member
  /** As the member stands in Redis. */
  readonly id: string
  readonly streams: Record<Liveness, number>
  /** What the member was called last, as far as this process knows. */
  name: Name | undefined
  /** How many changes of `streams` there were, and up to which of them Redis is known to have them. */
  changes: number
  sentChanges: number
  /** Whether Redis may know of any streams at all. */
  sent: boolean
}

/** What this process looks after in one room. */
export interface TrackedRoom {
  readonly slug: Slug
  readonly keys: readonly string[]
  readonly memberStreams: Map<string, MemberStreams>
  /** Whether Redis was told of these streams, and when the lease was renewed; milliseconds as of `elapsed()`. */
  registered: boolean
  leasedAt: number
  /** Whether Redis must be told of all of them again. */
  needsResend: boolean
  /** What Redis called the time since which it lost nothing. */
  continuityId: string
  /** When to look next, and until when to look though nobody has a stream here. */
  dueAt: number
  trackedUntil: number
}

/** What this process knows by itself: its own streams, and the rooms in which it lately did something. */
export class LocalStreams {
  readonly #rooms = new Map<Slug, TrackedRoom>()
  readonly #keysOf: (room: Slug) => readonly string[]
  #roomsMax = RECENT_ROOMS_MAX

  constructor(keysOf: (room: Slug) => readonly string[]) {
    this.#keysOf = keysOf
  }

  get rooms(): readonly TrackedRoom[] {
    return [...this.#rooms.values()]
  }

  find(slug: Slug, id: string): MemberStreams | undefined {
    return this.#rooms.get(slug)?.memberStreams.get(id)
  }

  /** The room is looked at next time, and until then. */
  touch(slug: Slug, trackedUntil: number): TrackedRoom {
    const known = this.#rooms.get(slug)
    if (known) {
      known.dueAt = 0
      known.trackedUntil = Math.max(known.trackedUntil, trackedUntil)
      return known
    }
    if (this.#rooms.size >= this.#roomsMax) this.#evictOldest()
    const room: TrackedRoom = {
      slug,
      keys: this.#keysOf(slug),
      memberStreams: new Map(),
      registered: false,
      leasedAt: Number.NEGATIVE_INFINITY,
      needsResend: false,
      continuityId: '',
      dueAt: 0,
      trackedUntil,
    }
    this.#rooms.set(slug, room)
    return room
  }

  /** One stream more, or one less. */
  adjustCount(room: TrackedRoom, id: string, member: Member, stay: Liveness, by: 1 | -1): MemberStreams {
    let stayer = room.memberStreams.get(id)
    if (!stayer) {
      const streams = { connected: 0, confirmed: 0 }
      stayer = { member, id, streams, name: undefined, changes: 0, sentChanges: 0, sent: false }
      room.memberStreams.set(id, stayer)
    }
    stayer.streams[stay] += by
    stayer.changes++
    return stayer
  }

  /** Forgets who has no stream here any more, once Redis knows. */
  removeIfClosed(room: TrackedRoom, stayer: MemberStreams): void {
    const { connected, confirmed } = stayer.streams
    if (connected + confirmed > 0 || (stayer.sent && stayer.sentChanges < stayer.changes)) return
    if (room.memberStreams.get(stayer.id) === stayer) room.memberStreams.delete(stayer.id)
    if (room.memberStreams.size === 0) room.registered = room.needsResend = false
  }

  removeRoomIfEmpty(room: TrackedRoom): void {
    if (room.memberStreams.size === 0) this.#rooms.delete(room.slug)
  }

  // Those with streams are bounded by the process’s own limit.
  #evictOldest(): void {
    let left = 0
    for (const room of this.#rooms.values()) {
      if (room.memberStreams.size > 0) continue
      this.#rooms.delete(room.slug)
      if (++left >= RECENT_ROOMS_MAX / 2) break
    }
    this.#roomsMax = this.#rooms.size + RECENT_ROOMS_MAX / 2
  }
}
