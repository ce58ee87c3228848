import type { Member } from '../chat/member.ts'
import type { Secrets } from '../chat/ports/secrets.ts'
import { RecentCache } from '../chat/recent-cache.ts'
import type { Slug } from '../chat/room.ts'

/** Tags cached at once, some 150 bytes each: a member who opens a page then opens its stream and posts. */
const TAGS_MAX = 10_000

/** The characters of a tag, some five bits each, and of the tags of earlier versions. */
const TAG = 10
const SHORT_TAG = 6

/** Computes the tags of members. */
export class Tags {
  readonly #secrets: Secrets
  readonly #cache = new RecentCache<string>(TAGS_MAX)

  constructor(secrets: Secrets) {
    this.#secrets = secrets
  }

  /**
   * The ten letters and digits that mark a member in one room. They don't identify the member in other rooms.
   *
   * Six could be imitated: one in 30 bits, among a room’s thousands of authors, is found within a minute of page loads.
   * The last six are those of earlier versions, so that stored messages are still recognised (`isTagOf`).
   */
  of(room: Slug, { id, tagVersion }: Member): string {
    const key = `${this.#secrets.generation} ${id} ${tagVersion} ${room}`
    const cached = this.#cache.get(key)
    if (cached !== undefined) return cached
    const digest = this.#secrets.digest('tag', room, id, String(tagVersion))
    const characters = digest.toLowerCase().replace(/[-_]/g, '')
    const tag = characters.slice(SHORT_TAG, TAG) + characters.slice(0, SHORT_TAG)
    this.#cache.set(key, tag)
    return tag
  }
}
