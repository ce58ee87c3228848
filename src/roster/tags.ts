import type { Member } from '../chat/member.ts'
import type { Secrets } from '../chat/ports/secrets.ts'
import { Recent } from '../chat/recent-cache.ts'
import type { Slug } from '../chat/room.ts'

/** Tags that are remembered, some 150 bytes each: who opens a page opens its stream next, and writes then. */
const TAGS_MAX = 10_000

/** What marks members in rooms. */
export class Tags {
  readonly #secrets: Secrets
  readonly #recent = new Recent<string>(TAGS_MAX)

  constructor(secrets: Secrets) {
    this.#secrets = secrets
  }

  /** Six letters and digits that mark a member in one room and can't be followed into another. */
  of(room: Slug, { id, era }: Member): string {
    const key = `${id} ${era} ${room}`
    const known = this.#recent.get(key)
    if (known !== undefined) return known
    const digest = this.#secrets.digest('tag', room, id, String(era))
    const tag = digest.toLowerCase().replace(/[-_]/g, '').slice(0, 6)
    this.#recent.set(key, tag)
    return tag
  }
}
