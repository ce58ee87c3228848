import type { KeptRoom } from '../../chat/kept-room.ts'
import type { Clock } from '../../chat/ports/clock.ts'
import type { Slug } from '../../chat/room.ts'
import { KEPT_ROOMS } from '../../redis/inspect-server.ts'
import type { Redis } from '../../redis/redis.ts'
import { canExpire } from './settings.ts'

/** Key of the set of kept rooms that the home page lists. */
const LISTED_ROOMS = 'kept:listed'

/** Key of the set of kept rooms whose messages can expire. Rooms may stay in it after that has changed. */
const EXPIRING_ROOMS = 'kept:passing'

/** How long the list of rooms is cached. */
const LIST_TTL_MS = 2_000

/** Approximate number of rooms in each step of a scan. */
const SCAN_COUNT = 100

/**
 * The sets of kept rooms. They belong to no single room, so the scripts of a room cannot change them. They are
 * therefore changed before and after a script, so that the worst effect of a process that dies in between is a room
 * that is swept in vain or not listed.
 */
export class RoomIndex {
  readonly #redis: Redis
  readonly #clock: Clock
  #cached: { readonly rooms: Promise<readonly Slug[]>; readonly until: number } | undefined

  constructor(redis: Redis, clock: Clock) {
    this.#redis = redis
    this.#clock = clock
  }

  /** Must be called before a room gets these settings. */
  async beforeChange(room: KeptRoom): Promise<void> {
    if (canExpire(room)) await this.#updateSet('SADD', EXPIRING_ROOMS, room.slug)
    if (!room.listed) await this.#updateSet('SREM', LISTED_ROOMS, room.slug)
    this.#cached = undefined
  }

  /** Must be called when the room has these settings. */
  async afterChange(room: KeptRoom): Promise<void> {
    const { slug, listed } = room
    await this.#updateSet('SADD', KEPT_ROOMS, slug)
    // Added again: a sweep that found no room may have removed it.
    if (canExpire(room)) await this.#updateSet('SADD', EXPIRING_ROOMS, slug)
    if (listed) await this.#updateSet('SADD', LISTED_ROOMS, slug)
    this.#cached = undefined
  }

  async remove(room: Slug): Promise<void> {
    for (const set of [LISTED_ROOMS, EXPIRING_ROOMS, KEPT_ROOMS]) await this.#updateSet('SREM', set, room)
    this.#cached = undefined
  }

  listed(): Promise<readonly Slug[]> {
    const { deadlines, keys } = this.#redis
    if (this.#cached && this.#cached.until > this.#clock.elapsed()) return deadlines.wait(this.#cached.rooms)
    const read = () => this.#redis.command('SMEMBERS', keys.global(LISTED_ROOMS)) as Promise<Slug[]>
    // Several requests may wait for the same reply.
    const rooms = deadlines.detach(read)
    const listed = { rooms, until: this.#clock.elapsed() + LIST_TTL_MS }
    this.#cached = listed
    rooms.catch(() => {
      if (this.#cached === listed) this.#cached = undefined
    })
    return deadlines.wait(rooms)
  }

  /** The rooms whose messages can expire, in batches. */
  async *expiring(): AsyncGenerator<readonly Slug[], void, void> {
    let cursor = '0'
    do {
      const set = this.#redis.keys.global(EXPIRING_ROOMS)
      const reply = await this.#redis.command('SSCAN', set, cursor, 'COUNT', String(SCAN_COUNT))
      const [next, rooms] = reply as [string, Slug[]]
      yield rooms
      cursor = next
    } while (cursor !== '0')
  }

  async #updateSet(command: 'SADD' | 'SREM', set: string, room: Slug): Promise<void> {
    await this.#redis.command(command, this.#redis.keys.global(set), room)
  }
}
