import type { KeptRoom } from '../../chat/kept-room.ts'
import type { Clock } from '../../chat/ports/clock.ts'
import type { Slug } from '../../chat/room.ts'
import { KEPT_ROOMS } from '../../redis/fitness.ts'
import type { Redis } from '../../redis/redis.ts'
import { isPassing } from './settings.ts'

/** Kept rooms that the home page shows. */
const LISTED_ROOMS = 'kept:listed'

/** Those in which something is over one day: a room that no longer is one of them may stay here. */
const PASSING_ROOMS = 'kept:passing'

/** How long the list of rooms is believed. */
const BELIEVED_MS = 2_000

/** Rooms of the set that are looked at in one go, about. */
const STEP = 100

/**
 * Which kept rooms there are. These sets are no room's own, and so can't be changed by a room's scripts: what is called
 * before and after one leaves a room that is swept in vain, or is not listed, where a process ends between.
 */
export class Listing {
  readonly #redis: Redis
  readonly #clock: Clock
  #listed: { readonly rooms: Promise<readonly Slug[]>; readonly until: number } | undefined

  constructor(redis: Redis, clock: Clock) {
    this.#redis = redis
    this.#clock = clock
  }

  /** The room is about to be as this. */
  async before(room: KeptRoom): Promise<void> {
    if (isPassing(room)) await this.#change('SADD', PASSING_ROOMS, room.slug)
    if (!room.listed) await this.#change('SREM', LISTED_ROOMS, room.slug)
    this.#listed = undefined
  }

  /** It is. */
  async after(room: KeptRoom): Promise<void> {
    const { slug, listed } = room
    await this.#change('SADD', KEPT_ROOMS, slug)
    // Again: before it was there, it may have been taken for one that was deleted.
    if (isPassing(room)) await this.#change('SADD', PASSING_ROOMS, slug)
    if (listed) await this.#change('SADD', LISTED_ROOMS, slug)
    this.#listed = undefined
  }

  async remove(room: Slug): Promise<void> {
    for (const set of [LISTED_ROOMS, PASSING_ROOMS, KEPT_ROOMS]) await this.#change('SREM', set, room)
    this.#listed = undefined
  }

  listed(): Promise<readonly Slug[]> {
    if (this.#listed && this.#listed.until > this.#clock.elapsed()) return this.#listed.rooms
    const rooms = this.#redis.command('SMEMBERS', this.#redis.keys.global(LISTED_ROOMS)) as Promise<Slug[]>
    const listed = { rooms, until: this.#clock.elapsed() + BELIEVED_MS }
    this.#listed = listed
    rooms.catch(() => {
      if (this.#listed === listed) this.#listed = undefined
    })
    return rooms
  }

  /** Those in which something may be over, some at a time. */
  async *passing(): AsyncGenerator<readonly Slug[], void, void> {
    let cursor = '0'
    do {
      const set = this.#redis.keys.global(PASSING_ROOMS)
      const reply = await this.#redis.command('SSCAN', set, cursor, 'COUNT', String(STEP))
      const [next, rooms] = reply as [string, Slug[]]
      yield rooms
      cursor = next
    } while (cursor !== '0')
  }

  async #change(command: 'SADD' | 'SREM', set: string, room: Slug): Promise<void> {
    await this.#redis.command(command, this.#redis.keys.global(set), room)
  }
}
