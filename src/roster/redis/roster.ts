import type { Member, Seat } from '../../chat/member.ts'
import type { Name } from '../../chat/names/name.ts'
import type { Clock, Undo } from '../../chat/ports/clock.ts'
import type { Liveness, People, Roster } from '../../chat/ports/roster.ts'
import type { Secrets } from '../../chat/ports/secrets.ts'
import type { Slug } from '../../chat/room.ts'
import type { Redis } from '../../redis/redis.ts'
import { LookalikeCache } from '../lookalike-cache.ts'
import type { RosterTimes } from '../membership.ts'
import { Tags } from '../tags.ts'
import { proposeNames } from './candidate-names.ts'
import { MEMBER_ROOM_TTL_MS, MemberRooms } from './member-rooms.ts'
import { parseSeat } from './reply.ts'
import { type ChangeWatcher, ScriptsRunner } from './scripts-runner.ts'
import { type CachedSeat, SeatCache } from './seat-cache.ts'
import { StreamLeases } from './stream-leases.ts'

const MEMBER_HASH_CHARACTERS = 22

/** Age up to which a cached seat is used as it is; at most a tenth of `nameHold`. */
const SEAT_FRESH_MS = 5_000

/**
 * Age, as a share of `nameHold`, up to which a cached seat is used while it is read again in the background. Applies to
 * rooms that this process is subscribed to, because it learns of changed seats there.
 */
const STALE_WHILE_REVALIDATE_SHARE = 2 / 3

/** Members searched for the beginning of a name. */
const SEARCHED_MEMBERS_MAX = 2_000
const SEARCH_BATCH = 200

export interface RedisRosterOptions {
  readonly redis: Redis
  readonly clock: Clock
  readonly secrets: Secrets
  readonly times: RosterTimes
  /** When this process subscribed to the room, in milliseconds as of `elapsed()`; infinity if it is not subscribed. */
  readonly subscribedSince: (room: Slug) => number
  /** Receives errors that no caller waits for. */
  readonly report: (error: unknown) => void
}

/**
 * The roster of all processes on one Redis. Each change is one script. Only the process whose script noticed that a
 * member came or went announces it.
 *
 * Seats are cached here for a while. A script that changes a seat publishes `{"kind":"seat","member":…}` on the room's
 * channel: call `invalidate` for each, and `invalidateAll` when such messages may have been missed.
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
  readonly #lookalikes = new LookalikeCache()
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
      namesFor: (room, member, round, previousName = member.declaredName) =>
        proposeNames(this.#tags, this.#lookalikes, room, member, round, previousName),
      isFollowed: (room) => Number.isFinite(subscribedSince(room)),
      tagOf: (room, member) => this.#tags.of(room, member),
      seatsVersion: () => this.#seatCache.version,
      onSeat: (room, { id, member }, seat, version) => this.#rememberSeat(room, id, member, seat, version),
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
      const names = JSON.stringify(proposeNames(this.#tags, this.#lookalikes, room, member, round))
      const { seat, name } = await this.#scripts.run('seatOf', room, keys, [this.#memberHash(member), names])
      if (seat) return seat
      if (name !== undefined) return { name, tag: this.#tags.of(room, member) }
    }
  }

  async takeSeat(room: Slug, member: Member): Promise<Seat> {
    const id = this.#memberHash(member)
    const cached = this.#seatCache.find(room, id, member)
    if (cached) {
      const age = this.#clock.elapsed() - cached.fetchedAt
      if (age < Math.min(SEAT_FRESH_MS, this.#times.nameHold / 10)) return cached.seat
      if (
        age < this.#times.nameHold * STALE_WHILE_REVALIDATE_SHARE &&
        cached.fetchedAt >= this.#subscribedSince(room)
      ) {
        this.#revalidate(cached, room, id, member)
        return cached.seat
      }
    }
    return this.#takeSeat(room, id, member)
  }

  async takeName(room: Slug, member: Member, name: Name): Promise<Seat | undefined> {
    const id = this.#memberHash(member)
    const { keys } = this.#leases.touch(room)
    const args = [id, this.#tags.of(room, member), name, JSON.stringify(this.#lookalikes.of(name))]
    // Requests that run at the same time may still return the old seat, and must not cache it.
    this.#seatCache.invalidate(room, id)
    const { version } = this.#seatCache
    const { seat } = await this.#scripts.run('claim', room, keys, args)
    if (seat) this.#rememberSeat(room, id, member, seat, version)
    return seat
  }

  async findFreeNames(room: Slug, names: readonly Name[]): Promise<Name[]> {
    const candidates = names.map((name) => ({ name, lookalikes: this.#lookalikes.of(name) }))
    if (candidates.length === 0) return []
    const { redis } = this.#scripts
    const key = redis.keys.room(room, 'names')
    const lookalikes = candidates.flatMap((candidate) => candidate.lookalikes)
    const holders = (await redis.command('HMGET', key, ...lookalikes)) as unknown[]
    let from = 0
    return candidates.flatMap(({ name, lookalikes: { length } }) => {
      const isHeld = holders.slice(from, from + length).some((holder) => holder !== null)
      from += length
      return isHeld ? [] : [name]
    })
  }

  enter(room: Slug, member: Member, liveness: Liveness): Promise<Undo> {
    return this.#leases.enter(room, this.#memberHash(member), member, liveness)
  }

  async confirmLiveness(room: Slug, member: Member): Promise<void> {
    const [id, tag] = [this.#memberHash(member), this.#tags.of(room, member)]
    const keys = this.#scripts.keysOf(room)
    // Round -1 proposes no names: most members who give a sign of life already have one.
    for (let round = -1; ; round++) {
      const names = round < 0 ? [] : proposeNames(this.#tags, this.#lookalikes, room, member, round)
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
    const membership = await this.#scripts.read('hereAs', room, [this.#memberHash(member)])
    return membership === null ? undefined : parseSeat(String(membership))
  }

  /** Searches for `beginning` only among the first 2,000 members who came. */
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
   * Drops a cached seat that has changed.
   * @param id the hash of the member, as it was published
   */
  invalidate(room: Slug, id: string): void {
    this.#seatCache.invalidate(room, id)
    // If Redis loses its data, the member's streams are registered again under this name.
    const memberStreams = this.#leases.find(room, id)
    if (!memberStreams) return
    const reading = this.#scripts.run('seatOf', room, this.#scripts.keysOf(room), [id, '[]'])
    this.#leases.runInBackground(
      reading.then(({ seat }) => {
        memberStreams.name = seat?.name
      }),
    )
  }

  /** Must be called when this process has readers in the room: it tells them who is gone. */
  follow(room: Slug): void {
    this.#leases.touch(room)
  }

  invalidateAll(): void {
    this.#seatCache.invalidateAll()
  }

  /** Sweeps all rooms of this process now, as happens by itself every few seconds. */
  sweep(): Promise<void> {
    return this.#leases.sweep()
  }

  /** Removes the streams of this process. Resolves when Redis has done so, or can't be reached. */
  async close(): Promise<void> {
    this.#stopWatching()
    await this.#leases.close()
  }

  async #findSeats(room: Slug, limit: number, beginning: string): Promise<Seat[]> {
    const prefix = beginning.toLowerCase()
    const seats: Seat[] = []
    const page = prefix === '' ? Math.min(SEARCH_BATCH, limit) : SEARCH_BATCH
    for (let from = 0; seats.length < limit && from < SEARCHED_MEMBERS_MAX; from += page) {
      const [read, ...memberships] = (await this.#scripts.read('people', room, [from, page])) as [
        number,
        ...string[],
      ]
      const found = memberships.map(parseSeat).filter(({ name }) => name.toLowerCase().startsWith(prefix))
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
      const names = JSON.stringify(proposeNames(this.#tags, this.#lookalikes, room, member, round))
      const { seat } = await this.#scripts.run('take', room, keys, [id, tag, names])
      if (!seat) continue
      this.#rememberSeat(room, id, member, seat, version)
      return seat
    }
  }

  #revalidate(cached: CachedSeat, room: Slug, id: string, member: Member): void {
    if (cached.refreshing) return
    cached.refreshing = true
    const done = () => {
      cached.refreshing = false
    }
    this.#leases.runInBackground(this.#takeSeat(room, id, member).finally(done))
  }

  #rememberSeat(room: Slug, id: string, member: Member, seat: Seat, version: number): void {
    const memberStreams = this.#leases.find(room, id)
    if (memberStreams) memberStreams.name = seat.name
    const now = this.#clock.elapsed()
    const lastRecordedAt = this.#seatCache.find(room, id, member)?.recordedAt ?? Number.NEGATIVE_INFINITY
    const isRecorded = now - lastRecordedAt < MEMBER_ROOM_TTL_MS / 4
    if (!isRecorded) this.#leases.runInBackground(this.#memberRooms.record(id, room))
    const recordedAt = isRecorded ? lastRecordedAt : now
    const cached = { seat, tagVersion: member.tagVersion, fetchedAt: now, recordedAt, refreshing: false }
    this.#seatCache.set(room, id, cached, version)
  }

  /** The hash that stands for a member in Redis. Ids can't be guessed, so that a hash reveals nothing. */
  #memberHash(member: Member): string {
    const cached = this.#memberHashes.get(member)
    if (cached !== undefined) return cached
    const hash = this.#secrets.hash(member.id).slice(0, MEMBER_HASH_CHARACTERS)
    this.#memberHashes.set(member, hash)
    return hash
  }
}
