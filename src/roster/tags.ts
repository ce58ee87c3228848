import type { Member } from '../chat/member.ts'
import type { Secrets } from '../chat/ports/secrets.ts'
import { RecentCache } from '../chat/recent-cache.ts'
import type { Slug } from '../chat/room.ts'

/** Tags that are remembered, some 150 bytes each: who opens a page opens its stream next, and writes then. */
const TAGS_MAX = 10_000

/** What marks members in rooms. */
export class Tags {
  readonly #secrets: Secrets
  readonly #cache = new RecentCache<string>(TAGS_MAX)

  constructor(secrets: Secrets) {
    this.#secrets = secrets
  }

  /** Six letters and digits that mark a member in one room and can't be followed into another. */
  of(room: Slug, { id, tagVersion }: Member): string {
    const key = `${id} ${tagVersion} ${room}`
    const known = this.#cache.get(key)
    if (known !== undefined) return known
    const digest = this.#secrets.digest('tag', room, id, String(tagVersion))
    const tag = digest.toLowerCase().replace(/[-_]/g, '').slice(0, 6)
    this.#cache.set(key, tag)
    return tag
  }
}
