import type { Member, Seat } from '../member.ts'
import type { Bus } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'
import type { Roster } from '../ports/roster.ts'
import type { Slug } from '../room.ts'
import type { PresenceChange, Renaming } from '../signal.ts'

/** Joining and leaving within this time is announced together. */
const GATHER_MS = 500

/** The most members who are named as joined, and as left. The others are counted. */
const NAMED_MAX = 20

/** In a room with more members only numbers are announced: nobody reads so many names. */
export const NAMED_ROOM_MAX = 250

/** The least time between two announcements that the same member is typing. */
const TYPING_MS = 3_000

/** In a room with more members typing is not announced. */
export const TYPING_ROOM_MAX = 50

interface PendingChanges {
  readonly joined: Map<string, Seat>
  readonly left: Map<string, Seat>
  readonly renamed: Map<string, Renaming>
}

/** Announces to a room's readers who is here and who is typing. */
export class Presence {
  readonly #roster: Roster
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #report: (error: unknown) => void
  readonly #pending = new Map<Slug, PendingChanges>()
  // When the typing of each member was last announced, oldest first. Entries are removed when they no longer matter.
  readonly #typing = new Map<string, number>()

  /** @param report receives the errors of announcements that no caller waits for */
  constructor(roster: Roster, bus: Bus, clock: Clock, report: (error: unknown) => void) {
    this.#report = report
    this.#roster = roster
    this.#bus = bus
    this.#clock = clock
    roster.watch((room, change) => this.#gather(room, change))
  }

  /** Announces that a member is typing. Does nothing if the member is not here. */
  async announceTyping(room: Slug, member: Member): Promise<void> {
    const seat = await this.#roster.seatIfHere(room, member)
    if (!seat || (await this.#roster.countHere(room)) > TYPING_ROOM_MAX) return
    const now = this.#clock.elapsed()
    for (const [key, at] of this.#typing) {
      if (now - at < TYPING_MS) break
      this.#typing.delete(key)
    }
    const key = `${room}\n${member.id}`
    if (this.#typing.has(key)) return
    this.#typing.set(key, now)
    await this.#bus.signal(room, { kind: 'typing', ...seat })
  }

  #gather(room: Slug, { joined = [], left = [], renamed = [] }: Partial<PresenceChange>): void {
    let pending = this.#pending.get(room)
    if (!pending) {
      pending = { joined: new Map(), left: new Map(), renamed: new Map() }
      this.#pending.set(room, pending)
      this.#clock.after(GATHER_MS, () => this.#announce(room).catch(this.#report))
    }
    // Members who join and leave within the same interval are not announced.
    for (const seat of joined) this.#gatherJoined(pending, seat)
    for (const seat of left) if (!pending.joined.delete(seat.tag)) pending.left.set(seat.tag, seat)
    for (const seat of renamed) this.#gatherRenamed(pending, seat)
  }

  #gatherJoined(pending: PendingChanges, seat: Seat): void {
    const before = pending.left.get(seat.tag)
    pending.left.delete(seat.tag)
    if (!before) pending.joined.set(seat.tag, seat)
    // Readers have not been told that this member left, so they still show the old name.
    else if (before.name !== seat.name) this.#gatherRenamed(pending, { ...seat, before: before.name })
  }

  #gatherRenamed({ joined, renamed }: PendingChanges, seat: Renaming): void {
    const before = renamed.get(seat.tag)?.before ?? seat.before
    if (joined.has(seat.tag)) joined.set(seat.tag, { name: seat.name, tag: seat.tag })
    // Readers have not been told of the name in between.
    else if (before === seat.name) renamed.delete(seat.tag)
    else renamed.set(seat.tag, { ...seat, before })
  }

  async #announce(room: Slug): Promise<void> {
    const pending = this.#pending.get(room)
    this.#pending.delete(room)
    if (!pending || isEmpty(pending)) return
    const count = await this.#roster.countHere(room)
    const namedMax = count > NAMED_ROOM_MAX ? 0 : NAMED_MAX
    const [joined, left] = [[...pending.joined.values()], [...pending.left.values()]]
    await this.#bus.signal(room, {
      kind: 'here',
      count,
      joined: joined.slice(0, namedMax),
      left: left.slice(0, namedMax),
      renamed: [...pending.renamed.values()].slice(0, namedMax),
      more: { joined: Math.max(0, joined.length - namedMax), left: Math.max(0, left.length - namedMax) },
    })
  }
}

function isEmpty({ joined, left, renamed }: PendingChanges): boolean {
  return joined.size + left.size + renamed.size === 0
}
