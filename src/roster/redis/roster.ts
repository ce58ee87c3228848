import type { Member, Seat } from '../../chat/member.ts'
import { lookalikesOf } from '../../chat/names/lookalikes.ts'
import type { Name } from '../../chat/names/name.ts'
import type { Clock, Undo } from '../../chat/ports/clock.ts'
import type { Liveness, People, Roster } from '../../chat/ports/roster.ts'
import type { Secrets } from '../../chat/ports/secrets.ts'
import type { Slug } from '../../chat/room.ts'
import type { Redis } from '../../redis/redis.ts'
import type { RosterTimes } from '../membership.ts'
import { Tags } from '../tags.ts'
import { proposeNames } from './candidate-names.ts'
import { MEMBER_ROOM_TTL_MS, MemberRooms } from './member-rooms.ts'
import { parseSeat } from './reply.ts'
import { type ChangeWatcher, ScriptsRunner } from './scripts-runner.ts'
import { type CachedSeat, SeatCache } from './seat-cache.ts'
import { StreamLeases } from './stream-leases.ts'

const MEMBER_HASH_CHARACTERS = 22

/** A seat that was looked at so lately is believed without a word to Redis; at most a tenth of the time a name is held. */
const SEAT_FRESH_MS = 5_000

/**
 * For how much of the time that a name is held its seat is believed and looked at again beside, in rooms whose changes
 * of seats this process hears of.
 */
const STALE_WHILE_REVALIDATE_SHARE = 2 / 3

/** Members who are looked through for a beginning of a name. */
const SEARCHED_MEMBERS_MAX = 2_000
const SEARCH_BATCH = 200

export interface RedisRosterOptions {
  readonly redis: Redis
  readonly clock: Clock
  readonly secrets: Secrets
  readonly times: RosterTimes
  /** Since when changes of seats in the room are heard of here, as of `elapsed()`; infinite where they are not. */
  readonly subscribedSince: (room: Slug) => number
  /** Takes what went wrong where nobody waits for an answer. */
  readonly report: (error: unknown) => void
}

/**
 * The roster of all processes on one Redis. Each change is one script; that somebody came or went is said by one process
 * alone, the one whose script saw it.
 *
 * A member's own seat is remembered here for a while. Whoever changes a seat publishes `{"kind":"seat","member":…}` on
 * the room's channel: `forget` is to be called for it, and `forgetAll` when such messages may have been missed.
 */
export class RedisRoster implements Roster {
  readonly #clock: Clock
  readonly #secrets: Secrets
  readonly #times: RosterTimes
  readonly #scripts: ScriptsRunner
  readonly #subscribedSince: (room: Slug) => number
  readonly #memberHashes = new WeakMap<Member, string>()
  readonly #seatCache = new SeatCache()
  readonly #tags: Tags
  readonly #memberRooms: MemberRooms
  readonly #leases: StreamLeases
  readonly #stopWatching: Undo

  constructor({ redis, clock, secrets, times, subscribedSince, report }: RedisRosterOptions) {
    this.#clock = clock
    this.#secrets = secrets
    this.#times = times
    this.#tags = new Tags(secrets)
    this.#subscribedSince = subscribedSince
    this.#scripts = new ScriptsRunner(redis, times)
    this.#memberRooms = new MemberRooms(redis, secrets)
    this.#leases = new StreamLeases({
      scripts: this.#scripts,
      clock,
      times,
      report,
      namesFor: (room, who, round, was = who.declaredName) => proposeNames(this.#tags, room, who, round, was),
      tagOf: (room, member) => this.#tags.of(room, member),
      seatsVersion: () => this.#seatCache.version,
      onSeat: (room, { id, member }, seat, turn) => this.#rememberSeat(room, id, member, seat, turn),
    })
    this.#stopWatching = redis.onConnectionChange((up) => {
      if (!up) return
      this.invalidateAll()
      void this.sweep()
    })
  }

  async seatOf(room: Slug, member: Member): Promise<Seat> {
    const keys = this.#scripts.keysOf(room)
    for (let round = 0; ; round++) {
      const names = JSON.stringify(proposeNames(this.#tags, room, member, round))
      const { seat, name } = await this.#scripts.run('seatOf', room, keys, [this.#memberHash(member), names])
      if (seat) return seat
      if (name !== undefined) return { name, tag: this.#tags.of(room, member) }
    }
  }

  async takeSeat(room: Slug, member: Member): Promise<Seat> {
    const id = this.#memberHash(member)
    const known = this.#seatCache.find(room, id, member)
    if (known) {
      const age = this.#clock.elapsed() - known.fetchedAt
      if (age < Math.min(SEAT_FRESH_MS, this.#times.nameHold / 10)) return known.seat
      if (
        age < this.#times.nameHold * STALE_WHILE_REVALIDATE_SHARE &&
        known.fetchedAt >= this.#subscribedSince(room)
      ) {
        this.#revalidate(known, room, id, member)
        return known.seat
      }
    }
    return this.#takeSeat(room, id, member)
  }

  async takeName(room: Slug, member: Member, name: Name): Promise<Seat | undefined> {
    const id = this.#memberHash(member)
    const { keys } = this.#leases.touch(room)
    const words = [id, this.#tags.of(room, member), name, JSON.stringify(lookalikesOf(name))]
    // Whatever is asked meanwhile may be answered by what was before.
    this.#seatCache.invalidate(room, id)
    const { version } = this.#seatCache
    const { seat } = await this.#scripts.run('claim', room, keys, words)
    if (seat) this.#rememberSeat(room, id, member, seat, version)
    return seat
  }

  async findFreeNames(room: Slug, names: readonly Name[]): Promise<Name[]> {
    const looks = names.map((name) => ({ name, looks: lookalikesOf(name) }))
    if (looks.length === 0) return []
    const { redis } = this.#scripts
    const key = redis.keys.room(room, 'names')
    const holders = (await redis.command('HMGET', key, ...looks.flatMap(({ looks }) => looks))) as unknown[]
    let from = 0
    return looks.flatMap(({ name, looks: { length } }) => {
      const held = holders.slice(from, from + length).some((holder) => holder !== null)
      from += length
      return held ? [] : [name]
    })
  }

  enter(room: Slug, member: Member, stay: Liveness): Promise<Undo> {
    return this.#leases.enter(room, this.#memberHash(member), member, stay)
  }

  async confirmLiveness(room: Slug, member: Member): Promise<void> {
    const [id, tag] = [this.#memberHash(member), this.#tags.of(room, member)]
    const keys = this.#scripts.keysOf(room)
    // Most who give a sign of life have a name.
    for (let round = -1; ; round++) {
      const names = round < 0 ? [] : proposeNames(this.#tags, room, member, round)
      const { version } = this.#seatCache
      const { seat, more } = await this.#scripts.run('confirm', room, keys, [id, tag, JSON.stringify(names)])
      if (seat) {
        this.#leases.touch(room)
        this.#rememberSeat(room, id, member, seat, version)
      }
      if (!more) return
    }
  }

  async leave(room: Slug, member: Member): Promise<void> {
    const id = this.#memberHash(member)
    const { keys } = this.#leases.touch(room)
    await this.#scripts.run('leave', room, keys, [id])
    this.#seatCache.invalidate(room, id)
    this.#leases.runInBackground(this.#memberRooms.forget(id, room))
  }

  async countHere(room: Slug): Promise<number> {
    return Number(await this.#scripts.read('count', room, []))
  }

  async seatIfHere(room: Slug, member: Member): Promise<Seat | undefined> {
    const place = await this.#scripts.read('hereAs', room, [this.#memberHash(member)])
    return place === null ? undefined : parseSeat(String(place))
  }

  /** In rooms where more are here, only the first 2,000 who came are looked through for a beginning. */
  async listPeople(room: Slug, limit: number, beginning = ''): Promise<People> {
    const [people, count] = await Promise.all([this.#findSeats(room, limit, beginning), this.countHere(room)])
    return { people, count }
  }

  async roomsOf(member: Member): Promise<{ room: Slug; name: Name }[]> {
    const id = this.#memberHash(member)
    const rooms = await this.#memberRooms.list(id)
    const seats = await Promise.all(
      rooms.map(async (room) => {
        const { seat } = await this.#scripts.run('seatOf', room, this.#scripts.keysOf(room), [id, '[]'])
        return seat ? [{ room, name: seat.name }] : []
      }),
    )
    return seats.flat()
  }

  watch(listener: ChangeWatcher): Undo {
    return this.#scripts.watch(listener)
  }

  /**
   * The seat may be another by now.
   * @param id of a member, as it was published
   */
  invalidate(room: Slug, id: string): void {
    this.#seatCache.invalidate(room, id)
    // Should Redis lose it, whoever is here is told of again under the name they have.
    const stayer = this.#leases.find(room, id)
    if (!stayer) return
    const looked = this.#scripts.run('seatOf', room, this.#scripts.keysOf(room), [id, '[]'])
    this.#leases.runInBackground(
      looked.then(({ seat }) => {
        stayer.name = seat?.name
      }),
    )
  }

  invalidateAll(): void {
    this.#seatCache.invalidateAll()
  }

  /** Looks whose time is over in all rooms of this process, as happens by itself every few seconds. */
  sweep(): Promise<void> {
    return this.#leases.sweep()
  }

  /** Takes this process's streams out; resolves when Redis knows, or can't be told. */
  async close(): Promise<void> {
    this.#stopWatching()
    await this.#leases.close()
  }

  async #findSeats(room: Slug, limit: number, beginning: string): Promise<Seat[]> {
    const begins = beginning.toLowerCase()
    const seats: Seat[] = []
    const page = begins === '' ? Math.min(SEARCH_BATCH, limit) : SEARCH_BATCH
    for (let from = 0; seats.length < limit && from < SEARCHED_MEMBERS_MAX; from += page) {
      const [read, ...places] = (await this.#scripts.read('people', room, [from, page])) as [
        number,
        ...string[],
      ]
      const found = places.map(parseSeat).filter(({ name }) => name.toLowerCase().startsWith(begins))
      seats.push(...found.slice(0, limit - seats.length))
      if (read < page) break
    }
    return seats
  }

  async #takeSeat(room: Slug, id: string, member: Member): Promise<Seat> {
    const { keys } = this.#leases.touch(room)
    const tag = this.#tags.of(room, member)
    for (let round = 0; ; round++) {
      const { version } = this.#seatCache
      const names = JSON.stringify(proposeNames(this.#tags, room, member, round))
      const { seat } = await this.#scripts.run('take', room, keys, [id, tag, names])
      if (!seat) continue
      this.#rememberSeat(room, id, member, seat, version)
      return seat
    }
  }

  #revalidate(known: CachedSeat, room: Slug, id: string, member: Member): void {
    if (known.refreshing) return
    known.refreshing = true
    const done = () => {
      known.refreshing = false
    }
    this.#leases.runInBackground(this.#takeSeat(room, id, member).finally(done))
  }

  #rememberSeat(room: Slug, id: string, member: Member, seat: Seat, turn: number): void {
    const lease = this.#leases.find(room, id)
    if (lease) lease.name = seat.name
    const now = this.#clock.elapsed()
    const notedAt = this.#seatCache.find(room, id, member)?.recordedAt ?? Number.NEGATIVE_INFINITY
    const isNoted = now - notedAt < MEMBER_ROOM_TTL_MS / 4
    if (!isNoted) this.#leases.runInBackground(this.#memberRooms.record(id, room))
    const recordedAt = isNoted ? notedAt : now
    const cached = { seat, tagVersion: member.tagVersion, fetchedAt: now, recordedAt, refreshing: false }
    this.#seatCache.set(room, id, cached, turn)
  }

  /** As a member stands in Redis. Its own id can't be guessed, so that its hash says nothing. */
  #memberHash(member: Member): string {
    const known = this.#memberHashes.get(member)
    if (known !== undefined) return known
    const id = this.#secrets.hash(member.id).slice(0, MEMBER_HASH_CHARACTERS)
    this.#memberHashes.set(member, id)
    return id
  }
}
