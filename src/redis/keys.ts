import { createHash } from 'node:crypto'
import { Recent } from '../chat/recent-cache.ts'
import type { Slug } from '../chat/room.ts'

const TAG_CHARACTERS = 22

/** Rooms whose hash is remembered, a tenth of a kilobyte each. */
const TAGS_MAX = 20_000

/**
 * Names in Redis. All of one room share a hash tag, so that one script may use them on a cluster too; in it stands a
 * hash of the room's name: who reads the keys of Redis can check a name that they guess, and read none.
 */
export class RedisKeys {
  readonly #prefix: string
  readonly #tags = new Recent<string>(TAGS_MAX)

  /** @param prefix begins every key and every channel */
  constructor(prefix: string) {
    this.#prefix = prefix
  }

  /** Something of one room. */
  room(slug: Slug, part: string): string {
    return `${this.channel(slug)}:${part}`
  }

  /** Several things of one room. */
  parts(slug: Slug, parts: readonly string[]): string[] {
    const channel = this.channel(slug)
    return parts.map((part) => `${channel}:${part}`)
  }

  /** Where one room's events and signals are published. */
  channel(slug: Slug): string {
    return this.tagged(this.tag(slug))
  }

  /** The same by the room's hash. */
  tagged(tag: string): string {
    return `${this.#prefix}{${tag}}`
  }

  /** The hash by which one room is named. */
  tag(slug: Slug): string {
    const known = this.#tags.get(slug)
    if (known !== undefined) return known
    const tag = createHash('sha256').update(`snug room ${slug}`).digest('base64url').slice(0, TAG_CHARACTERS)
    this.#tags.set(slug, tag)
    return tag
  }

  /** Something of no single room. */
  global(part: string): string {
    return `${this.#prefix}${part}`
  }
}
