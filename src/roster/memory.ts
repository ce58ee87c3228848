import type { Member, MemberId, Seat } from '../chat/member.ts'
import { generateFriendlyName } from '../chat/names/friendly-name.ts'
import type { Lookalike } from '../chat/names/lookalikes.ts'
import type { Name } from '../chat/names/name.ts'
import type { Clock, Undo } from '../chat/ports/clock.ts'
import type { Liveness, People, Roster } from '../chat/ports/roster.ts'
import type { Secrets } from '../chat/ports/secrets.ts'
import { Refusal } from '../chat/refusal.ts'
import type { Slug } from '../chat/room.ts'
import type { PresenceChange } from '../chat/signal.ts'
import { LookalikeCache } from './lookalike-cache.ts'
import { Membership, type RosterTimes } from './membership.ts'
import { Tags } from './tags.ts'

/** Memberships in all rooms together, half a kilobyte each. */
export const MEMBERSHIPS_MAX = 200_000

/** How often the roster looks for members whose time is over. */
const SWEEP_MS = 2_000

type Watcher = (room: Slug, change: Partial<PresenceChange>) => void

interface RoomMemberships {
  readonly memberships: Map<MemberId, Membership>
  readonly holders: Map<Lookalike, MemberId>
  /** How many of the memberships are announced. */
  hereCount: number
}

const EMPTY_ROOM: Pick<RoomMemberships, 'memberships' | 'hereCount'> = {
  memberships: new Map(),
  hereCount: 0,
}

/** The roster of a standalone process. */
export class MemoryRoster implements Roster {
  readonly #clock: Clock
  readonly #tags: Tags
  readonly #lookalikes = new LookalikeCache()
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
    const membership = this.#ensureMembership(room, member)
    membership.markSeen(this.#clock.elapsed())
    const seat = this.#ensureSeat(room, member, membership)
    this.#updatePresence(room, membership)
    return seat
  }

  async takeName(room: Slug, member: Member, name: Name): Promise<Seat | undefined> {
    if (!this.#isFree(room, name, member)) return undefined
    const membership = this.#ensureMembership(room, member)
    membership.markSeen(this.#clock.elapsed())
    const previousName = membership.seat?.name
    const seat = { name, tag: membership.seat?.tag ?? this.#tags.of(room, member) }
    this.#assignSeat(room, member, membership, seat)
    if (membership.announced && previousName !== undefined && previousName !== name)
      this.#notifyWatchers(room, { renamed: [{ ...seat, before: previousName }] })
    this.#updatePresence(room, membership)
    return seat
  }

  async findFreeNames(room: Slug, names: readonly Name[]): Promise<Name[]> {
    return names.filter((name) => this.#isFree(room, name))
  }

  async enter(room: Slug, member: Member, liveness: Liveness): Promise<Undo> {
    const membership = this.#ensureMembership(room, member)
    this.#ensureSeat(room, member, membership)
    membership.openStream(liveness, this.#clock.elapsed())
    this.#updatePresence(room, membership)
    let isOpen = true
    return () => {
      if (!isOpen) return
      isOpen = false
      membership.closeStream(liveness, this.#clock.elapsed())
      this.#updatePresence(room, membership)
      if (!membership.seat) this.#removeIfEmpty(room, member.id)
    }
  }

  async confirmLiveness(room: Slug, member: Member): Promise<void> {
    const membership = this.#rooms.get(room)?.memberships.get(member.id)
    if (!membership?.hasStreams) return
    this.#ensureSeat(room, member, membership)
    membership.confirm(this.#clock.elapsed())
    this.#updatePresence(room, membership)
  }

  async leave(room: Slug, member: Member): Promise<void> {
    const membership = this.#rooms.get(room)?.memberships.get(member.id)
    if (membership) this.#releaseSeat(room, member.id, membership)
  }

  async countHere(room: Slug): Promise<number> {
    return this.#rooms.get(room)?.hereCount ?? 0
  }

  async seatIfHere(room: Slug, member: Member): Promise<Seat | undefined> {
    const membership = this.#rooms.get(room)?.memberships.get(member.id)
    return membership?.announced ? membership.seat : undefined
  }

  async listPeople(room: Slug, limit: number, beginning = ''): Promise<People> {
    const { memberships, hereCount: count } = this.#rooms.get(room) ?? EMPTY_ROOM
    const prefix = beginning.toLowerCase()
    const people: Seat[] = []
    for (const { seat, announced } of memberships.values()) {
      if (people.length >= limit) break
      if (seat && announced && (prefix === '' || seat.name.toLowerCase().startsWith(prefix)))
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
    const inRoom = this.#rooms.get(room) ?? { memberships: new Map(), holders: new Map(), hereCount: 0 }
    const existing = inRoom.memberships.get(member.id)
    if (existing) return existing
    if (this.#membershipCount >= MEMBERSHIPS_MAX) {
      throw new Refusal('busy', 'Too many people are here just now. Try again in a minute.', 60)
    }
    const membership = new Membership(this.#times)
    this.#rooms.set(room, inRoom)
    inRoom.memberships.set(member.id, membership)
    this.#roomsOf.set(member.id, (this.#roomsOf.get(member.id) ?? new Set()).add(room))
    this.#membershipCount++
    return membership
  }

  #ensureSeat(room: Slug, member: Member, membership: Membership): Seat {
    return membership.seat ?? this.#assignSeat(room, member, membership, this.#findFreeSeat(room, member))
  }

  #assignSeat(room: Slug, member: Member, membership: Membership, seat: Seat): Seat {
    const holders = this.#rooms.get(room)?.holders
    for (const lookalike of membership.lookalikes) holders?.delete(lookalike)
    membership.seat = seat
    membership.lookalikes = this.#lookalikes.of(seat.name)
    for (const lookalike of membership.lookalikes) holders?.set(lookalike, member.id)
    return seat
  }

  #releaseSeat(room: Slug, member: MemberId, membership: Membership): void {
    const { seat } = membership
    for (const lookalike of membership.lookalikes) this.#rooms.get(room)?.holders.delete(lookalike)
    membership.seat = undefined
    membership.lookalikes = []
    if (seat && membership.announced) this.#announcePresence(room, membership, seat, false)
    if (!membership.hasStreams) this.#removeIfEmpty(room, member)
  }

  #removeIfEmpty(room: Slug, member: MemberId): void {
    const memberships = this.#rooms.get(room)?.memberships
    const membership = memberships?.get(member)
    if (!membership || membership.hasStreams || membership.seat) return
    memberships?.delete(member)
    const rooms = this.#roomsOf.get(member)
    if (rooms?.delete(room) && rooms.size === 0) this.#roomsOf.delete(member)
    this.#membershipCount--
    if (memberships?.size === 0) this.#rooms.delete(room)
  }

  #updatePresence(room: Slug, membership: Membership): void {
    const here = membership.isHere(this.#clock.elapsed())
    if (membership.seat && here !== membership.announced)
      this.#announcePresence(room, membership, membership.seat, here)
  }

  #announcePresence(room: Slug, membership: Membership, seat: Seat, here: boolean): void {
    const inRoom = this.#rooms.get(room)
    if (inRoom) inRoom.hereCount += here ? 1 : -1
    membership.announced = here
    this.#notifyWatchers(room, here ? { joined: [seat] } : { left: [seat] })
  }

  #notifyWatchers(room: Slug, change: Partial<PresenceChange>): void {
    for (const watcher of this.#watchers) watcher(room, change)
  }

  #isFree(room: Slug, name: Name, member?: Member): boolean {
    const holders = this.#rooms.get(room)?.holders
    if (!holders) return true
    return this.#lookalikes
      .of(name)
      .every((lookalike) => (holders.get(lookalike) ?? member?.id) === member?.id)
  }

  #findFreeSeat(room: Slug, member: Member): Seat {
    const tag = this.#tags.of(room, member)
    const preferred = member.preferredNames?.get(room)
    if (preferred !== undefined && this.#isFree(room, preferred)) return { name: preferred, tag }
    for (let attempt = 0; ; attempt++) {
      const name = generateFriendlyName(tag, attempt)
      if (this.#isFree(room, name)) return { name, tag }
    }
  }

  #sweep(): void {
    const now = this.#clock.elapsed()
    for (const [room, { memberships }] of this.#rooms) {
      for (const [member, membership] of memberships) {
        this.#updatePresence(room, membership)
        if (membership.seat && membership.isExpired(now)) this.#releaseSeat(room, member, membership)
      }
    }
    this.#stopSweeping = this.#clock.after(SWEEP_MS, () => this.#sweep())
  }
}
