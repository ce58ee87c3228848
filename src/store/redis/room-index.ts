import type { KeptRoom } from '../../chat/kept-room.ts'
import type { Clock } from '../../chat/ports/clock.ts'
import type { Slug } from '../../chat/room.ts'
import { KEPT_ROOMS } from '../../redis/inspect-server.ts'
import type { Redis } from '../../redis/redis.ts'
import { canExpire } from './settings.ts'

/** Kept rooms that the home page shows. */
const LISTED_ROOMS = 'kept:listed'

/** Those in which something is over one day: a room that no longer is one of them may stay here. */
const EXPIRING_ROOMS = 'kept:passing'

/** How long the list of rooms is believed. */
const LIST_TTL_MS = 2_000

/** Rooms of the set that are looked at in one go, about. */
const SCAN_COUNT = 100

/**
 * Which kept rooms there are. These sets are no room's own, and so can't be changed by a room's scripts: what is called
 * before and after one leaves a room that is swept in vain, or is not listed, where a process ends between.
 */
export class RoomIndex {
  readonly #redis: Redis
  readonly #clock: Clock
  #cached: { readonly rooms: Promise<readonly Slug[]>; readonly until: number } | undefined

  constructor(redis: Redis, clock: Clock) {
    this.#redis = redis
    this.#clock = clock
  }

  /** The room is about to be as this. */
  async beforeChange(room: KeptRoom): Promise<void> {
    if (canExpire(room)) await this.#updateSet('SADD', EXPIRING_ROOMS, room.slug)
    if (!room.listed) await this.#updateSet('SREM', LISTED_ROOMS, room.slug)
    this.#cached = undefined
  }

  /** It is. */
  async afterChange(room: KeptRoom): Promise<void> {
    const { slug, listed } = room
    await this.#updateSet('SADD', KEPT_ROOMS, slug)
    // Again: before it was there, it may have been taken for one that was deleted.
    if (canExpire(room)) await this.#updateSet('SADD', EXPIRING_ROOMS, slug)
    if (listed) await this.#updateSet('SADD', LISTED_ROOMS, slug)
    this.#cached = undefined
  }

  async remove(room: Slug): Promise<void> {
    for (const set of [LISTED_ROOMS, EXPIRING_ROOMS, KEPT_ROOMS]) await this.#updateSet('SREM', set, room)
    this.#cached = undefined
  }

  listed(): Promise<readonly Slug[]> {
    if (this.#cached && this.#cached.until > this.#clock.elapsed()) return this.#cached.rooms
    const rooms = this.#redis.command('SMEMBERS', this.#redis.keys.global(LISTED_ROOMS)) as Promise<Slug[]>
    const listed = { rooms, until: this.#clock.elapsed() + LIST_TTL_MS }
    this.#cached = listed
    rooms.catch(() => {
      if (this.#cached === listed) this.#cached = undefined
    })
    return rooms
  }

  /** Those in which something may be over, some at a time. */
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
