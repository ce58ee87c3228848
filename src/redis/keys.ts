import { createHash } from 'node:crypto'
import { RecentCache } from '../chat/recent-cache.ts'
import type { Slug } from '../chat/room.ts'

const ROOM_HASH_CHARACTERS = 22

/** Rooms whose hash is remembered, a tenth of a kilobyte each. */
const ROOM_HASHES_MAX = 20_000

/**
 * Names in Redis. All of one room share a hash tag, so that one script may use them on a cluster too; in it stands a
 * hash of the room's name: who reads the keys of Redis can check a name that they guess, and read none.
 */
export class RedisKeys {
  readonly #prefix: string
  readonly #roomHashes = new RecentCache<string>(ROOM_HASHES_MAX)

  /** @param prefix begins every key and every channel */
  constructor(prefix: string) {
    this.#prefix = prefix
  }

  /** Something of one room. */
  room(slug: Slug, part: string): string {
    return `${this.channel(slug)}:${part}`
  }

  /** Several things of one room. */
  roomParts(slug: Slug, roomParts: readonly string[]): string[] {
    const channel = this.channel(slug)
    return roomParts.map((part) => `${channel}:${part}`)
  }

  /** Where one room's events and signals are published. */
  channel(slug: Slug): string {
    return this.channelOfHash(this.roomHash(slug))
  }

  /** The same by the room's hash. */
  channelOfHash(roomHash: string): string {
    return `${this.#prefix}{${roomHash}}`
  }

  /** The hash by which one room is named. */
  roomHash(slug: Slug): string {
    const known = this.#roomHashes.get(slug)
    if (known !== undefined) return known
    const tag = createHash('sha256')
      .update(`snug room ${slug}`)
      .digest('base64url')
      .slice(0, ROOM_HASH_CHARACTERS)
    this.#roomHashes.set(slug, tag)
    return tag
  }

  /** Something of no single room. */
  global(part: string): string {
    return `${this.#prefix}${part}`
  }
}
