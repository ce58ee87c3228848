import type { Member, Seat } from '../../chat/member.ts'
import { likenessesOf } from '../../chat/names/lookalikes.ts'
import type { Name } from '../../chat/names/name.ts'
import type { Clock, Undo } from '../../chat/ports/clock.ts'
import type { People, Roster, Stay } from '../../chat/ports/roster.ts'
import type { Secrets } from '../../chat/ports/secrets.ts'
import type { Slug } from '../../chat/room.ts'
import type { Redis } from '../../redis/redis.ts'
import type { RosterTimes } from '../membership.ts'
import { Tags } from '../tags.ts'
import { candidates } from './candidate-names.ts'
import { seatIn } from './reply.ts'
import { NOTED_MS, RoomsOf } from './rooms-of.ts'
import { Book, type Watcher } from './scripts-runner.ts'
import { type KnownSeat, Seats } from './seat-cache.ts'
import { Tending } from './stream-leases.ts'

const ID_CHARACTERS = 22

/** A seat that was looked at so lately is believed without a word to Redis; at most a tenth of the time a name is held. */
const FRESH_MS = 5_000

/**
 * For how much of the time that a name is held its seat is believed and looked at again beside, in rooms whose changes
 * of seats this process hears of.
 */
const SURE = 2 / 3

/** Members who are looked through for a beginning of a name. */
const LOOKED_THROUGH_MAX = 2_000
const PAGE = 200

export interface RedisRosterOptions {
  readonly redis: Redis
  readonly clock: Clock
  readonly secrets: Secrets
  readonly times: RosterTimes
  /** Since when changes of seats in the room are heard of here, as of `elapsed()`; infinite where they are not. */
  readonly hearsSince: (room: Slug) => number
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
  readonly #book: Book
  readonly #hearsSince: (room: Slug) => number
  readonly #ids = new WeakMap<Member, string>()
  readonly #seats = new Seats()
  readonly #tags: Tags
  readonly #roomsOf: RoomsOf
  readonly #tending: Tending
  readonly #stopWatching: Undo

  constructor({ redis, clock, secrets, times, hearsSince, report }: RedisRosterOptions) {
    this.#clock = clock
    this.#secrets = secrets
    this.#times = times
    this.#tags = new Tags(secrets)
    this.#hearsSince = hearsSince
    this.#book = new Book(redis, times)
    this.#roomsOf = new RoomsOf(redis, secrets)
    this.#tending = new Tending({
      book: this.#book,
      clock,
      times,
      report,
      names: (room, who, round, was = who.named) => candidates(this.#tags, room, who, round, was),
      tag: (room, member) => this.#tags.of(room, member),
      turn: () => this.#seats.turn,
      heard: (room, { id, member }, seat, turn) => this.#heard(room, id, member, seat, turn),
    })
    this.#stopWatching = redis.watch((up) => {
      if (!up) return
      this.forgetAll()
      void this.tend()
    })
  }

  async seatOf(room: Slug, member: Member): Promise<Seat> {
    const keys = this.#book.keysOf(room)
    for (let round = 0; ; round++) {
      const names = JSON.stringify(candidates(this.#tags, room, member, round))
      const { seat, name } = await this.#book.run('look', room, keys, [this.#id(member), names])
      if (seat) return seat
      if (name !== undefined) return { name, tag: this.#tags.of(room, member) }
    }
  }

  async take(room: Slug, member: Member): Promise<Seat> {
    const id = this.#id(member)
    const known = this.#seats.find(room, id, member)
    if (known) {
      const age = this.#clock.elapsed() - known.at
      if (age < Math.min(FRESH_MS, this.#times.nameHold / 10)) return known.seat
      if (age < this.#times.nameHold * SURE && known.at >= this.#hearsSince(room)) {
        this.#lookAgain(known, room, id, member)
        return known.seat
      }
    }
    return this.#take(room, id, member)
  }

  async claim(room: Slug, member: Member, name: Name): Promise<Seat | undefined> {
    const id = this.#id(member)
    const { keys } = this.#tending.touch(room)
    const words = [id, this.#tags.of(room, member), name, JSON.stringify(likenessesOf(name))]
    // Whatever is asked meanwhile may be answered by what was before.
    this.#seats.forget(room, id)
    const { turn } = this.#seats
    const { seat } = await this.#book.run('claim', room, keys, words)
    if (seat) this.#heard(room, id, member, seat, turn)
    return seat
  }

  async free(room: Slug, names: readonly Name[]): Promise<Name[]> {
    const looks = names.map((name) => ({ name, looks: likenessesOf(name) }))
    if (looks.length === 0) return []
    const { redis } = this.#book
    const key = redis.keys.room(room, 'names')
    const holders = (await redis.command('HMGET', key, ...looks.flatMap(({ looks }) => looks))) as unknown[]
    let from = 0
    return looks.flatMap(({ name, looks: { length } }) => {
      const held = holders.slice(from, from + length).some((holder) => holder !== null)
      from += length
      return held ? [] : [name]
    })
  }

  enter(room: Slug, member: Member, stay: Stay): Promise<Undo> {
    return this.#tending.enter(room, this.#id(member), member, stay)
  }

  async confirm(room: Slug, member: Member): Promise<void> {
    const [id, tag] = [this.#id(member), this.#tags.of(room, member)]
    const keys = this.#book.keysOf(room)
    // Most who give a sign of life have a name.
    for (let round = -1; ; round++) {
      const names = round < 0 ? [] : candidates(this.#tags, room, member, round)
      const { turn } = this.#seats
      const { seat, more } = await this.#book.run('confirm', room, keys, [id, tag, JSON.stringify(names)])
      if (seat) {
        this.#tending.touch(room)
        this.#heard(room, id, member, seat, turn)
      }
      if (!more) return
    }
  }

  async leave(room: Slug, member: Member): Promise<void> {
    const id = this.#id(member)
    const { keys } = this.#tending.touch(room)
    await this.#book.run('leave', room, keys, [id])
    this.#seats.forget(room, id)
    this.#tending.quietly(this.#roomsOf.forget(id, room))
  }

  async here(room: Slug): Promise<number> {
    return Number(await this.#book.read('count', room, []))
  }

  async hereAs(room: Slug, member: Member): Promise<Seat | undefined> {
    const place = await this.#book.read('hereAs', room, [this.#id(member)])
    return place === null ? undefined : seatIn(String(place))
  }

  /** In rooms where more are here, only the first 2,000 who came are looked through for a beginning. */
  async people(room: Slug, limit: number, beginning = ''): Promise<People> {
    const [people, count] = await Promise.all([this.#first(room, limit, beginning), this.here(room)])
    return { people, count }
  }

  async roomsOf(member: Member): Promise<{ room: Slug; name: Name }[]> {
    const id = this.#id(member)
    const rooms = await this.#roomsOf.noted(id)
    const seats = await Promise.all(
      rooms.map(async (room) => {
        const { seat } = await this.#book.run('look', room, this.#book.keysOf(room), [id, '[]'])
        return seat ? [{ room, name: seat.name }] : []
      }),
    )
    return seats.flat()
  }

  watch(listener: Watcher): Undo {
    return this.#book.watch(listener)
  }

  /**
   * The seat may be another by now.
   * @param id of a member, as it was published
   */
  forget(room: Slug, id: string): void {
    this.#seats.forget(room, id)
    // Should Redis lose it, whoever is here is told of again under the name they have.
    const stayer = this.#tending.find(room, id)
    if (!stayer) return
    const looked = this.#book.run('look', room, this.#book.keysOf(room), [id, '[]'])
    this.#tending.quietly(
      looked.then(({ seat }) => {
        stayer.name = seat?.name
      }),
    )
  }

  forgetAll(): void {
    this.#seats.forgetAll()
  }

  /** Looks whose time is over in all rooms of this process, as happens by itself every few seconds. */
  tend(): Promise<void> {
    return this.#tending.tend()
  }

  /** Takes this process's streams out; resolves when Redis knows, or can't be told. */
  async close(): Promise<void> {
    this.#stopWatching()
    await this.#tending.close()
  }

  async #first(room: Slug, limit: number, beginning: string): Promise<Seat[]> {
    const begins = beginning.toLowerCase()
    const seats: Seat[] = []
    const page = begins === '' ? Math.min(PAGE, limit) : PAGE
    for (let from = 0; seats.length < limit && from < LOOKED_THROUGH_MAX; from += page) {
      const [read, ...places] = (await this.#book.read('people', room, [from, page])) as [number, ...string[]]
      const found = places.map(seatIn).filter(({ name }) => name.toLowerCase().startsWith(begins))
      seats.push(...found.slice(0, limit - seats.length))
      if (read < page) break
    }
    return seats
  }

  async #take(room: Slug, id: string, member: Member): Promise<Seat> {
    const { keys } = this.#tending.touch(room)
    const tag = this.#tags.of(room, member)
    for (let round = 0; ; round++) {
      const { turn } = this.#seats
      const names = JSON.stringify(candidates(this.#tags, room, member, round))
      const { seat } = await this.#book.run('take', room, keys, [id, tag, names])
      if (!seat) continue
      this.#heard(room, id, member, seat, turn)
      return seat
    }
  }

  #lookAgain(known: KnownSeat, room: Slug, id: string, member: Member): void {
    if (known.refreshing) return
    known.refreshing = true
    const done = () => {
      known.refreshing = false
    }
    this.#tending.quietly(this.#take(room, id, member).finally(done))
  }

  #heard(room: Slug, id: string, member: Member, seat: Seat, turn: number): void {
    const stayer = this.#tending.find(room, id)
    if (stayer) stayer.name = seat.name
    const now = this.#clock.elapsed()
    const notedAt = this.#seats.find(room, id, member)?.notedAt ?? Number.NEGATIVE_INFINITY
    const isNoted = now - notedAt < NOTED_MS / 4
    if (!isNoted) this.#tending.quietly(this.#roomsOf.note(id, room))
    const known = { seat, era: member.era, at: now, notedAt: isNoted ? notedAt : now, refreshing: false }
    this.#seats.keep(room, id, known, turn)
  }

  /** As a member stands in Redis. Its own id can't be guessed, so that its hash says nothing. */
  #id(member: Member): string {
    const known = this.#ids.get(member)
    if (known !== undefined) return known
    const id = this.#secrets.imprint(member.id).slice(0, ID_CHARACTERS)
    this.#ids.set(member, id)
    return id
  }
}
