import type { Member } from '../chat/member.ts'
import type { Secrets } from '../chat/ports/secrets.ts'
import { RecentCache } from '../chat/recent-cache.ts'
import type { Slug } from '../chat/room.ts'

/** Tags cached at once, some 150 bytes each: a member who opens a page then opens its stream and posts. */
const TAGS_MAX = 10_000

/** Computes the tags of members. */
export class Tags {
  readonly #secrets: Secrets
  readonly #cache = new RecentCache<string>(TAGS_MAX)

  constructor(secrets: Secrets) {
    this.#secrets = secrets
  }

  /** The six letters and digits that mark a member in one room. They don't identify the member in other rooms. */
  of(room: Slug, { id, tagVersion }: Member): string {
    const key = `${id} ${tagVersion} ${room}`
    const cached = this.#cache.get(key)
    if (cached !== undefined) return cached
    const digest = this.#secrets.digest('tag', room, id, String(tagVersion))
    const tag = digest.toLowerCase().replace(/[-_]/g, '').slice(0, 6)
    this.#cache.set(key, tag)
    return tag
  }
}
