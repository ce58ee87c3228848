import type { Member, Seat } from '../member.ts'
import type { Bus } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'
import type { Roster } from '../ports/roster.ts'
import type { Slug } from '../room.ts'
import type { PresenceChange, Renaming } from '../signal.ts'

/** Those who come and go within this time are told of together. */
const GATHER_MS = 500

/** So many are named who came, and so many who went; of the others the number is told. */
const NAMED_MAX = 20

/** In rooms with more than this only numbers are told: nobody reads so many names. */
export const NAMED_ROOM_MAX = 250

/** A member's typing is told at most so often. */
const TYPING_MS = 3_000

/** In rooms with more than this nobody is told who is typing. */
export const TYPING_ROOM_MAX = 50

interface PendingChanges {
  readonly joined: Map<string, Seat>
  readonly left: Map<string, Seat>
  readonly renamed: Map<string, Renaming>
}

/** Tells a room's readers who is here and what they are about. */
export class Presence {
  readonly #roster: Roster
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #report: (error: unknown) => void
  readonly #pending = new Map<Slug, PendingChanges>()
  // When each was last told of, in the order of time; nobody stays in it for longer than it matters.
  readonly #typing = new Map<string, number>()

  /** @param report takes what went wrong where nobody waits for an answer */
  constructor(roster: Roster, bus: Bus, clock: Clock, report: (error: unknown) => void) {
    this.#report = report
    this.#roster = roster
    this.#bus = bus
    this.#clock = clock
    roster.watch((room, change) => this.#gather(room, change))
  }

  /** The member is writing in the room; nobody hears of those who aren't here. */
  async announceTyping(room: Slug, member: Member): Promise<void> {
    const seat = await this.#roster.seatIfHere(room, member)
    if (!seat || (await this.#roster.countHere(room)) > TYPING_ROOM_MAX) return
    const now = this.#clock.elapsed()
    for (const [name, at] of this.#typing) {
      if (now - at < TYPING_MS) break
      this.#typing.delete(name)
    }
    const name = `${room}\n${member.id}`
    if (this.#typing.has(name)) return
    this.#typing.set(name, now)
    await this.#bus.signal(room, { kind: 'typing', ...seat })
  }

  #gather(room: Slug, { joined = [], left = [], renamed = [] }: Partial<PresenceChange>): void {
    let gathered = this.#pending.get(room)
    if (!gathered) {
      gathered = { joined: new Map(), left: new Map(), renamed: new Map() }
      this.#pending.set(room, gathered)
      this.#clock.after(GATHER_MS, () => this.#announce(room).catch(this.#report))
    }
    // Who came and went at once is not worth a word.
    for (const seat of joined) if (!gathered.left.delete(seat.tag)) gathered.joined.set(seat.tag, seat)
    for (const seat of left) if (!gathered.joined.delete(seat.tag)) gathered.left.set(seat.tag, seat)
    for (const seat of renamed) this.#gatherRenamed(gathered, seat)
  }

  #gatherRenamed({ joined, renamed }: PendingChanges, seat: Renaming): void {
    if (joined.has(seat.tag)) joined.set(seat.tag, { name: seat.name, tag: seat.tag })
    else renamed.set(seat.tag, { ...seat, before: renamed.get(seat.tag)?.before ?? seat.before })
  }

  async #announce(room: Slug): Promise<void> {
    const gathered = this.#pending.get(room)
    this.#pending.delete(room)
    if (!gathered || isEmpty(gathered)) return
    const count = await this.#roster.countHere(room)
    const named = count > NAMED_ROOM_MAX ? 0 : NAMED_MAX
    const [joined, left] = [[...gathered.joined.values()], [...gathered.left.values()]]
    await this.#bus.signal(room, {
      kind: 'here',
      count,
      joined: joined.slice(0, named),
      left: left.slice(0, named),
      renamed: [...gathered.renamed.values()].slice(0, named),
      more: { joined: Math.max(0, joined.length - named), left: Math.max(0, left.length - named) },
    })
  }
}

function isEmpty({ joined, left, renamed }: PendingChanges): boolean {
  return joined.size + left.size + renamed.size === 0
}
