import type { Author, EventId, Posted } from '../chat/event.ts'
import type { Member } from '../chat/member.ts'
import type { Draft } from '../chat/message.ts'
import type { Clock } from '../chat/ports/clock.ts'
import type { Secrets } from '../chat/ports/secrets.ts'
import type { Slug } from '../chat/room.ts'
import { keyReused } from './key-reused.ts'

/** How long a vanishing room remembers a key (P5). */
export const KEY_TTL_MS = 600_000

/** Keys remembered at once in all rooms together, about 300 bytes each. Beyond this the oldest are dropped. */
export const KEYS_MAX = 100_000

/**
 * Keys of about the same age share a generation and are dropped with it. A Map becomes slow when its oldest entries are
 * deleted one by one.
 */
const GENERATIONS = 10
const GENERATION_MS = KEY_TTL_MS / (GENERATIONS - 1)

interface KeyRecord {
  readonly id: EventId
  readonly at: number
  readonly author: Author
  readonly textDigest: string
  readonly expiresAt: number
}

interface KeyGeneration {
  /** When its last key expires; milliseconds as of `elapsed()`. */
  readonly expiresAt: number
  readonly records: Map<string, KeyRecord>
}

/** Maps the keys of vanishing rooms to the messages posted with them. Holds digests of texts, never a text (P3). */
export class IdempotencyKeys {
  readonly #clock: Clock
  readonly #secrets: Secrets
  // Newest first.
  #generations: readonly KeyGeneration[] = []

  constructor(clock: Clock, secrets: Secrets) {
    this.#clock = clock
    this.#secrets = secrets
  }

  /**
   * Finds the message that the member posted with this key before.
   * @throws Refusal `invalid` if that message had another text
   */
  find(room: Slug, member: Member, draft: Draft): Omit<KeyRecord, 'textDigest' | 'expiresAt'> | undefined {
    if (draft.key === undefined) return undefined
    const record = this.#findRecord(this.#recordName(room, member, draft.key))
    if (!record || record.expiresAt <= this.#clock.elapsed()) return undefined
    if (!this.#secrets.verify(record.textDigest, 'text', draft.text)) throw keyReused()
    return record
  }

  remember(room: Slug, member: Member, draft: Draft, { id, at, author }: Posted): void {
    if (draft.key === undefined) return
    const now = this.#clock.elapsed()
    const textDigest = this.#secrets.digest('text', draft.text)
    const name = this.#recordName(room, member, draft.key)
    this.#currentGeneration(now).set(name, { id, at, author, textDigest, expiresAt: now + KEY_TTL_MS })
  }

  #findRecord(name: string): KeyRecord | undefined {
    for (const { records } of this.#generations) {
      const record = records.get(name)
      if (record) return record
    }
    return undefined
  }

  #currentGeneration(now: number): Map<string, KeyRecord> {
    const [newest] = this.#generations
    if (newest && newest.records.size < KEYS_MAX / GENERATIONS && now + KEY_TTL_MS <= newest.expiresAt)
      return newest.records
    const records = new Map<string, KeyRecord>()
    const others = this.#generations.filter(({ expiresAt }) => expiresAt > now).slice(0, GENERATIONS - 1)
    this.#generations = [{ expiresAt: now + GENERATION_MS + KEY_TTL_MS, records }, ...others]
    return records
  }

  #recordName(room: Slug, member: Member, key: string): string {
    return `${room}\n${member.id}\n${key}`
  }
}
