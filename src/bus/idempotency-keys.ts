import type { Author, EventId, Posted } from '../chat/event.ts'
import type { Member } from '../chat/member.ts'
import type { Draft } from '../chat/message.ts'
import type { Clock } from '../chat/ports/clock.ts'
import type { Secrets } from '../chat/ports/secrets.ts'
import type { Slug } from '../chat/room.ts'
import { keyReused } from './key-reused.ts'

/** How long a vanishing room knows a key. */
export const KEY_TTL_MS = 600_000

/** Keys remembered at once, of all rooms: about 300 bytes each. The oldest give way. */
export const KEYS_MAX = 100_000

/** Keys of about the same time share a shelf and are forgotten with it: a Map whose oldest are deleted one by one grows slow. */
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
  /** When the last of its keys is over. */
  readonly expiresAt: number
  readonly records: Map<string, KeyRecord>
}

/** Which key stood for which message: a digest of its text, never the text. */
export class IdempotencyKeys {
  readonly #clock: Clock
  readonly #secrets: Secrets
  // The newest first.
  #generations: readonly KeyGeneration[] = []

  constructor(clock: Clock, secrets: Secrets) {
    this.#clock = clock
    this.#secrets = secrets
  }

  /** @throws Refusal `invalid` when the key stood for another text */
  find(room: Slug, member: Member, draft: Draft): Omit<KeyRecord, 'textDigest' | 'expiresAt'> | undefined {
    if (draft.key === undefined) return undefined
    const known = this.#findRecord(this.#recordName(room, member, draft.key))
    if (!known || known.expiresAt <= this.#clock.elapsed()) return undefined
    if (!this.#secrets.verify(known.textDigest, 'text', draft.text)) throw keyReused()
    return known
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
      const found = records.get(name)
      if (found) return found
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
