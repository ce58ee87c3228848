import type { Member, MemberId, Seat } from '../chat/member.ts'
import { friendlyName } from '../chat/names/friendly-name.ts'
import { type Likeness, likenessesOf } from '../chat/names/lookalikes.ts'
import type { Name } from '../chat/names/name.ts'
import type { Clock, Undo } from '../chat/ports/clock.ts'
import type { People, Roster, Stay } from '../chat/ports/roster.ts'
import type { Secrets } from '../chat/ports/secrets.ts'
import { Refusal } from '../chat/refusal.ts'
import type { Slug } from '../chat/room.ts'
import type { Change } from '../chat/signal.ts'
import { Place, type RosterTimes } from './membership.ts'
import { Tags } from './tags.ts'

/** Places in all rooms, half a kilobyte each. */
export const PLACES_MAX = 200_000

/** How often those are looked for whose time is over. */
const SWEEP_MS = 2_000

type Watcher = (room: Slug, change: Partial<Change>) => void

interface Attendance {
  readonly places: Map<MemberId, Place>
  readonly holders: Map<Likeness, MemberId>
  /** How many of the places the others were told of. */
  here: number
}

const EMPTY: Pick<Attendance, 'places' | 'here'> = { places: new Map(), here: 0 }

/** The roster of a single process. */
export class MemoryRoster implements Roster {
  readonly #clock: Clock
  readonly #tags: Tags
  readonly #times: RosterTimes
  readonly #rooms = new Map<Slug, Attendance>()
  readonly #watchers = new Set<Watcher>()
  #size = 0
  readonly #roomsOf = new Map<MemberId, Set<Slug>>()
  #stopSweeping: Undo

  constructor(clock: Clock, secrets: Secrets, times: RosterTimes) {
    this.#clock = clock
    this.#tags = new Tags(secrets)
    this.#times = times
    this.#stopSweeping = clock.after(SWEEP_MS, () => this.#sweep())
  }

  async seatOf(room: Slug, member: Member): Promise<Seat> {
    return this.#rooms.get(room)?.places.get(member.id)?.seat ?? this.#freeSeat(room, member)
  }

  async take(room: Slug, member: Member): Promise<Seat> {
    const place = this.#place(room, member)
    place.see(this.#clock.elapsed())
    const seat = this.#seat(room, member, place)
    this.#look(room, place)
    return seat
  }

  async claim(room: Slug, member: Member, name: Name): Promise<Seat | undefined> {
    if (!this.#isFree(room, name, member)) return undefined
    const place = this.#place(room, member)
    place.see(this.#clock.elapsed())
    const before = place.seat?.name
    const seat = { name, tag: place.seat?.tag ?? this.#tags.of(room, member) }
    this.#hold(room, member, place, seat)
    if (place.told && before !== undefined && before !== name)
      this.#tell(room, { renamed: [{ ...seat, before }] })
    this.#look(room, place)
    return seat
  }

  async free(room: Slug, names: readonly Name[]): Promise<Name[]> {
    return names.filter((name) => this.#isFree(room, name))
  }

  async enter(room: Slug, member: Member, stay: Stay): Promise<Undo> {
    const place = this.#place(room, member)
    this.#seat(room, member, place)
    place.open(stay, this.#clock.elapsed())
    this.#look(room, place)
    let inside = true
    return () => {
      if (!inside) return
      inside = false
      place.close(stay, this.#clock.elapsed())
      this.#look(room, place)
      if (!place.seat) this.#clear(room, member.id)
    }
  }

  async confirm(room: Slug, member: Member): Promise<void> {
    const place = this.#rooms.get(room)?.places.get(member.id)
    if (!place?.hasStreams) return
    this.#seat(room, member, place)
    place.confirm(this.#clock.elapsed())
    this.#look(room, place)
  }

  async leave(room: Slug, member: Member): Promise<void> {
    const place = this.#rooms.get(room)?.places.get(member.id)
    if (place) this.#unseat(room, member.id, place)
  }

  async here(room: Slug): Promise<number> {
    return this.#rooms.get(room)?.here ?? 0
  }

  async hereAs(room: Slug, member: Member): Promise<Seat | undefined> {
    const place = this.#rooms.get(room)?.places.get(member.id)
    return place?.told ? place.seat : undefined
  }

  async people(room: Slug, limit: number, beginning = ''): Promise<People> {
    const { places, here: count } = this.#rooms.get(room) ?? EMPTY
    const begins = beginning.toLowerCase()
    const people: Seat[] = []
    for (const { seat, told } of places.values()) {
      if (people.length >= limit) break
      if (seat && told && (begins === '' || seat.name.toLowerCase().startsWith(begins))) people.push(seat)
    }
    return { people, count }
  }

  async roomsOf(member: Member): Promise<{ room: Slug; name: Name }[]> {
    return [...(this.#roomsOf.get(member.id) ?? [])].flatMap((room) => {
      const name = this.#rooms.get(room)?.places.get(member.id)?.seat?.name
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

  #place(room: Slug, member: Member): Place {
    const attendance = this.#rooms.get(room) ?? { places: new Map(), holders: new Map(), here: 0 }
    const known = attendance.places.get(member.id)
    if (known) return known
    if (this.#size >= PLACES_MAX) {
      throw new Refusal('busy', 'Too many people are here just now. Try again in a minute.', 60)
    }
    const place = new Place(this.#times)
    this.#rooms.set(room, attendance)
    attendance.places.set(member.id, place)
    this.#roomsOf.set(member.id, (this.#roomsOf.get(member.id) ?? new Set()).add(room))
    this.#size++
    return place
  }

  #seat(room: Slug, member: Member, place: Place): Seat {
    return place.seat ?? this.#hold(room, member, place, this.#freeSeat(room, member))
  }

  #hold(room: Slug, member: Member, place: Place, seat: Seat): Seat {
    const holders = this.#rooms.get(room)?.holders
    for (const likeness of place.likenesses) holders?.delete(likeness)
    place.seat = seat
    place.likenesses = likenessesOf(seat.name)
    for (const likeness of place.likenesses) holders?.set(likeness, member.id)
    return seat
  }

  #unseat(room: Slug, member: MemberId, place: Place): void {
    const { seat } = place
    for (const likeness of place.likenesses) this.#rooms.get(room)?.holders.delete(likeness)
    place.seat = undefined
    place.likenesses = []
    if (seat && place.told) this.#tellOf(room, place, seat, false)
    if (!place.hasStreams) this.#clear(room, member)
  }

  #clear(room: Slug, member: MemberId): void {
    const places = this.#rooms.get(room)?.places
    const place = places?.get(member)
    if (!place || place.hasStreams || place.seat) return
    places?.delete(member)
    const rooms = this.#roomsOf.get(member)
    if (rooms?.delete(room) && rooms.size === 0) this.#roomsOf.delete(member)
    this.#size--
    if (places?.size === 0) this.#rooms.delete(room)
  }

  #look(room: Slug, place: Place): void {
    const here = place.isHere(this.#clock.elapsed())
    if (place.seat && here !== place.told) this.#tellOf(room, place, place.seat, here)
  }

  #tellOf(room: Slug, place: Place, seat: Seat, here: boolean): void {
    const attendance = this.#rooms.get(room)
    if (attendance) attendance.here += here ? 1 : -1
    place.told = here
    this.#tell(room, here ? { joined: [seat] } : { left: [seat] })
  }

  #tell(room: Slug, change: Partial<Change>): void {
    for (const watcher of this.#watchers) watcher(room, change)
  }

  #isFree(room: Slug, name: Name, member?: Member): boolean {
    const holders = this.#rooms.get(room)?.holders
    if (!holders) return true
    return likenessesOf(name).every((likeness) => (holders.get(likeness) ?? member?.id) === member?.id)
  }

  #freeSeat(room: Slug, member: Member): Seat {
    const tag = this.#tags.of(room, member)
    const wish = member.wishes?.get(room)
    if (wish !== undefined && this.#isFree(room, wish)) return { name: wish, tag }
    for (let attempt = 0; ; attempt++) {
      const name = friendlyName(tag, attempt)
      if (this.#isFree(room, name)) return { name, tag }
    }
  }

  #sweep(): void {
    const now = this.#clock.elapsed()
    for (const [room, { places }] of this.#rooms) {
      for (const [member, place] of places) {
        this.#look(room, place)
        if (place.seat && place.isOver(now)) this.#unseat(room, member, place)
      }
    }
    this.#stopSweeping = this.#clock.after(SWEEP_MS, () => this.#sweep())
  }
}
