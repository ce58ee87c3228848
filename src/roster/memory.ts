import type { Member, MemberId, Seat } from '../chat/member.ts'
import { generateFriendlyName } from '../chat/names/friendly-name.ts'
import { type Lookalike, lookalikesOf } from '../chat/names/lookalikes.ts'
import type { Name } from '../chat/names/name.ts'
import type { Clock, Undo } from '../chat/ports/clock.ts'
import type { Liveness, People, Roster } from '../chat/ports/roster.ts'
import type { Secrets } from '../chat/ports/secrets.ts'
import { Refusal } from '../chat/refusal.ts'
import type { Slug } from '../chat/room.ts'
import type { PresenceChange } from '../chat/signal.ts'
import { Membership, type RosterTimes } from './membership.ts'
import { Tags } from './tags.ts'

/** Places in all rooms, half a kilobyte each. */
export const MEMBERSHIPS_MAX = 200_000

/** How often those are looked for whose time is over. */
const SWEEP_MS = 2_000

type Watcher = (room: Slug, change: Partial<PresenceChange>) => void

interface RoomMemberships {
  readonly memberships: Map<MemberId, Membership>
  readonly holders: Map<Lookalike, MemberId>
  /** How many of the places the others were told of. */
  hereCount: number
}

const EMPTY_ROOM: Pick<RoomMemberships, 'memberships' | 'hereCount'> = {
  memberships: new Map(),
  hereCount: 0,
}

/** The roster of a single process. */
export class MemoryRoster implements Roster {
  readonly #clock: Clock
  readonly #tags: Tags
  readonly #times: RosterTimes
  readonly #rooms = new Map<Slug, RoomMemberships>()
  readonly #watchers = new Set<Watcher>()
  #membershipCount = 0
  readonly #roomsOf = new Map<MemberId, Set<Slug>>()
  #stopSweeping: Undo

  constructor(clock: Clock, secrets: Secrets, times: RosterTimes) {
    this.#clock = clock
    this.#tags = new Tags(secrets)
    this.#times = times
    this.#stopSweeping = clock.after(SWEEP_MS, () => this.#sweep())
  }

  async seatOf(room: Slug, member: Member): Promise<Seat> {
    return this.#rooms.get(room)?.memberships.get(member.id)?.seat ?? this.#findFreeSeat(room, member)
  }

  async takeSeat(room: Slug, member: Member): Promise<Seat> {
    const place = this.#ensureMembership(room, member)
    place.markSeen(this.#clock.elapsed())
    const seat = this.#ensureSeat(room, member, place)
    this.#updatePresence(room, place)
    return seat
  }

  async takeName(room: Slug, member: Member, name: Name): Promise<Seat | undefined> {
    if (!this.#isFree(room, name, member)) return undefined
    const place = this.#ensureMembership(room, member)
    place.markSeen(this.#clock.elapsed())
    const before = place.seat?.name
    const seat = { name, tag: place.seat?.tag ?? this.#tags.of(room, member) }
    this.#assignSeat(room, member, place, seat)
    if (place.announced && before !== undefined && before !== name)
      this.#notifyWatchers(room, { renamed: [{ ...seat, before }] })
    this.#updatePresence(room, place)
    return seat
  }

  async findFreeNames(room: Slug, names: readonly Name[]): Promise<Name[]> {
    return names.filter((name) => this.#isFree(room, name))
  }

  async enter(room: Slug, member: Member, stay: Liveness): Promise<Undo> {
    const place = this.#ensureMembership(room, member)
    this.#ensureSeat(room, member, place)
    place.openStream(stay, this.#clock.elapsed())
    this.#updatePresence(room, place)
    let inside = true
    return () => {
      if (!inside) return
      inside = false
      place.closeStream(stay, this.#clock.elapsed())
      this.#updatePresence(room, place)
      if (!place.seat) this.#removeIfEmpty(room, member.id)
    }
  }

  async confirmLiveness(room: Slug, member: Member): Promise<void> {
    const place = this.#rooms.get(room)?.memberships.get(member.id)
    if (!place?.hasStreams) return
    this.#ensureSeat(room, member, place)
    place.confirm(this.#clock.elapsed())
    this.#updatePresence(room, place)
  }

  async leave(room: Slug, member: Member): Promise<void> {
    const place = this.#rooms.get(room)?.memberships.get(member.id)
    if (place) this.#releaseSeat(room, member.id, place)
  }

  async countHere(room: Slug): Promise<number> {
    return this.#rooms.get(room)?.hereCount ?? 0
  }

  async seatIfHere(room: Slug, member: Member): Promise<Seat | undefined> {
    const place = this.#rooms.get(room)?.memberships.get(member.id)
    return place?.announced ? place.seat : undefined
  }

  async listPeople(room: Slug, limit: number, beginning = ''): Promise<People> {
    const { memberships, hereCount: count } = this.#rooms.get(room) ?? EMPTY_ROOM
    const begins = beginning.toLowerCase()
    const people: Seat[] = []
    for (const { seat, announced } of memberships.values()) {
      if (people.length >= limit) break
      if (seat && announced && (begins === '' || seat.name.toLowerCase().startsWith(begins)))
        people.push(seat)
    }
    return { people, count }
  }

  async roomsOf(member: Member): Promise<{ room: Slug; name: Name }[]> {
    return [...(this.#roomsOf.get(member.id) ?? [])].flatMap((room) => {
      const name = this.#rooms.get(room)?.memberships.get(member.id)?.seat?.name
      return name === undefined ? [] : [{ room, name }]
    })
  }

  watch(listener: Watcher): Undo {
    this.#watchers.add(listener)
    return () => this.#watchers.delete(listener)
  }

  close(): void {
    this.#stopSweeping()
  }

  #ensureMembership(room: Slug, member: Member): Membership {
    const attendance = this.#rooms.get(room) ?? { memberships: new Map(), holders: new Map(), hereCount: 0 }
    const known = attendance.memberships.get(member.id)
    if (known) return known
    if (this.#membershipCount >= MEMBERSHIPS_MAX) {
      throw new Refusal('busy', 'Too many people are here just now. Try again in a minute.', 60)
    }
    const place = new Membership(this.#times)
    this.#rooms.set(room, attendance)
    attendance.memberships.set(member.id, place)
    this.#roomsOf.set(member.id, (this.#roomsOf.get(member.id) ?? new Set()).add(room))
    this.#membershipCount++
    return place
  }

  #ensureSeat(room: Slug, member: Member, place: Membership): Seat {
    return place.seat ?? this.#assignSeat(room, member, place, this.#findFreeSeat(room, member))
  }

  #assignSeat(room: Slug, member: Member, place: Membership, seat: Seat): Seat {
    const holders = this.#rooms.get(room)?.holders
    for (const likeness of place.lookalikes) holders?.delete(likeness)
    place.seat = seat
    place.lookalikes = lookalikesOf(seat.name)
    for (const likeness of place.lookalikes) holders?.set(likeness, member.id)
    return seat
  }

  #releaseSeat(room: Slug, member: MemberId, place: Membership): void {
    const { seat } = place
    for (const likeness of place.lookalikes) this.#rooms.get(room)?.holders.delete(likeness)
    place.seat = undefined
    place.lookalikes = []
    if (seat && place.announced) this.#announcePresence(room, place, seat, false)
    if (!place.hasStreams) this.#removeIfEmpty(room, member)
  }

  #removeIfEmpty(room: Slug, member: MemberId): void {
    const places = this.#rooms.get(room)?.memberships
    const place = places?.get(member)
    if (!place || place.hasStreams || place.seat) return
    places?.delete(member)
    const rooms = this.#roomsOf.get(member)
    if (rooms?.delete(room) && rooms.size === 0) this.#roomsOf.delete(member)
    this.#membershipCount--
    if (places?.size === 0) this.#rooms.delete(room)
  }

  #updatePresence(room: Slug, place: Membership): void {
    const here = place.isHere(this.#clock.elapsed())
    if (place.seat && here !== place.announced) this.#announcePresence(room, place, place.seat, here)
  }

  #announcePresence(room: Slug, place: Membership, seat: Seat, here: boolean): void {
    const attendance = this.#rooms.get(room)
    if (attendance) attendance.hereCount += here ? 1 : -1
    place.announced = here
    this.#notifyWatchers(room, here ? { joined: [seat] } : { left: [seat] })
  }

  #notifyWatchers(room: Slug, change: Partial<PresenceChange>): void {
    for (const watcher of this.#watchers) watcher(room, change)
  }

  #isFree(room: Slug, name: Name, member?: Member): boolean {
    const holders = this.#rooms.get(room)?.holders
    if (!holders) return true
    return lookalikesOf(name).every((likeness) => (holders.get(likeness) ?? member?.id) === member?.id)
  }

  #findFreeSeat(room: Slug, member: Member): Seat {
    const tag = this.#tags.of(room, member)
    const wish = member.preferredNames?.get(room)
    if (wish !== undefined && this.#isFree(room, wish)) return { name: wish, tag }
    for (let attempt = 0; ; attempt++) {
      const name = generateFriendlyName(tag, attempt)
      if (this.#isFree(room, name)) return { name, tag }
    }
  }

  #sweep(): void {
    const now = this.#clock.elapsed()
    for (const [room, { memberships }] of this.#rooms) {
      for (const [member, place] of memberships) {
        this.#updatePresence(room, place)
        if (place.seat && place.isExpired(now)) this.#releaseSeat(room, member, place)
      }
    }
    this.#stopSweeping = this.#clock.after(SWEEP_MS, () => this.#sweep())
  }
}
