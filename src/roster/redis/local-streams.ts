import type { Member } from '../../chat/member.ts'
import type { Name } from '../../chat/names/name.ts'
import type { Liveness } from '../../chat/ports/roster.ts'
import type { Slug } from '../../chat/room.ts'

/** Rooms that this process tracks without streams in them. The oldest are left to other processes, or expire. */
const RECENT_ROOMS_MAX = 20_000

/** The streams of one member at this process. */
export interface MemberStreams {
  readonly member: Member
  /** The hash of the member. */
  readonly id: string
  readonly streams: Record<Liveness, number>
  /** The last name of the member in this room, as far as this process knows. */
  name: Name | undefined
  /** The number of changes of `streams`, and how many of them Redis is known to have. */
  changes: number
  sentChanges: number
  /** Whether Redis may have any of these streams. */
  sent: boolean
}

/** A room that this process tracks: it has streams there, or recently did something there. */
export interface TrackedRoom {
  readonly slug: Slug
  readonly keys: readonly string[]
  readonly memberStreams: Map<string, MemberStreams>
  /** Whether the streams are registered in Redis, and when the lease was renewed; milliseconds as of `elapsed()`. */
  registered: boolean
  leasedAt: number
  /** Whether all streams must be sent to Redis again. */
  needsResend: boolean
  /** The continuity id of Redis when the streams were registered. */
  continuityId: string
  /** When to sweep next, and until when to sweep a room without streams; milliseconds as of `elapsed()`. */
  dueAt: number
  trackedUntil: number
}

/** The streams of this process and the rooms that it tracks, as this process knows them without Redis. */
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

  /** Makes the room due for the next sweep, and tracks it until `trackedUntil`. */
  touch(slug: Slug, trackedUntil: number): TrackedRoom {
    const existing = this.#rooms.get(slug)
    if (existing) {
      existing.dueAt = 0
      existing.trackedUntil = Math.max(existing.trackedUntil, trackedUntil)
      return existing
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

  /** Adds or removes one stream. */
  adjustCount(room: TrackedRoom, id: string, member: Member, liveness: Liveness, by: 1 | -1): MemberStreams {
    let memberStreams = room.memberStreams.get(id)
    if (!memberStreams) {
      const streams = { connected: 0, confirmed: 0 }
      memberStreams = { member, id, streams, name: undefined, changes: 0, sentChanges: 0, sent: false }
      room.memberStreams.set(id, memberStreams)
    }
    memberStreams.streams[liveness] += by
    memberStreams.changes++
    return memberStreams
  }

  /** Forgets a member who has no more streams here, once Redis knows. */
  removeIfClosed(room: TrackedRoom, memberStreams: MemberStreams): void {
    const { id, streams, sent, sentChanges, changes } = memberStreams
    const { connected, confirmed } = streams
    if (connected + confirmed > 0 || (sent && sentChanges < changes)) return
    if (room.memberStreams.get(id) === memberStreams) room.memberStreams.delete(id)
    if (room.memberStreams.size === 0) room.registered = room.needsResend = false
  }

  removeRoomIfEmpty(room: TrackedRoom): void {
    if (room.memberStreams.size === 0) this.#rooms.delete(room.slug)
  }

  // Rooms with streams are bounded by the limit of streams per process.
  #evictOldest(): void {
    let evicted = 0
    for (const room of this.#rooms.values()) {
      if (room.memberStreams.size > 0) continue
      this.#rooms.delete(room.slug)
      if (++evicted >= RECENT_ROOMS_MAX / 2) break
    }
    this.#roomsMax = this.#rooms.size + RECENT_ROOMS_MAX / 2
  }
}
