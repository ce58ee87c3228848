import { createHash } from 'node:crypto'
import { RecentCache } from '../chat/recent-cache.ts'
import type { Slug } from '../chat/room.ts'

const ROOM_HASH_CHARACTERS = 22

/** Rooms whose hash is cached, about 100 bytes each. */
const ROOM_HASHES_MAX = 20_000

/**
 * Names of keys and channels in Redis. Those of one room share a hash tag, so that one script could use them on a
 * cluster too. The tag is a hash of the room's name: the keys confirm a guessed name, but do not list names.
 */
export class RedisKeys {
  readonly #prefix: string
  readonly #roomHashes = new RecentCache<string>(ROOM_HASHES_MAX)

  /** @param prefix begins every key and channel */
  constructor(prefix: string) {
    this.#prefix = prefix
  }

  /** The key of one part of a room. */
  room(slug: Slug, part: string): string {
    return `${this.channel(slug)}:${part}`
  }

  /** The keys of several parts of a room. */
  roomParts(slug: Slug, parts: readonly string[]): string[] {
    const channel = this.channel(slug)
    return parts.map((part) => `${channel}:${part}`)
  }

  /** The channel of a room's events and signals. */
  channel(slug: Slug): string {
    return this.channelOfHash(this.roomHash(slug))
  }

  /** The channel of the room with this hash. */
  channelOfHash(roomHash: string): string {
    return `${this.#prefix}{${roomHash}}`
  }

  /** The hash that replaces a room's name in keys. */
  roomHash(slug: Slug): string {
    const cached = this.#roomHashes.get(slug)
    if (cached !== undefined) return cached
    const hash = createHash('sha256')
      .update(`snug room ${slug}`)
      .digest('base64url')
      .slice(0, ROOM_HASH_CHARACTERS)
    this.#roomHashes.set(slug, hash)
    return hash
  }

  /** A key that belongs to no single room. */
  global(part: string): string {
    return `${this.#prefix}${part}`
  }
}
