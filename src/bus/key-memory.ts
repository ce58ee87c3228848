import type { Author, EventId, Posted } from '../chat/event.ts'
import type { Member } from '../chat/member.ts'
import type { Draft } from '../chat/message.ts'
import type { Clock, Secrets } from '../chat/ports.ts'
import type { Slug } from '../chat/room.ts'
import { otherText } from './other-text.ts'

/** How long a vanishing room knows a key. */
export const KEY_TTL_MS = 600_000

/** Keys remembered at once, of all rooms: about 300 bytes each. The oldest give way. */
export const KEYS_MAX = 100_000

interface Known {
  readonly id: EventId
  readonly at: number
  readonly author: Author
  readonly textDigest: string
  readonly until: number
}

/** Which key stood for which message: a digest of its text, never the text. */
export class KeyMemory {
  readonly #clock: Clock
  readonly #secrets: Secrets
  // In the order of time.
  readonly #known = new Map<string, Known>()

  constructor(clock: Clock, secrets: Secrets) {
    this.#clock = clock
    this.#secrets = secrets
  }

  /** @throws Refusal `invalid` when the key stood for another text */
  find(room: Slug, member: Member, draft: Draft): Omit<Known, 'textDigest' | 'until'> | undefined {
    if (draft.key === undefined) return undefined
    const known = this.#known.get(this.#name(room, member, draft.key))
    if (!known || known.until <= this.#clock.elapsed()) return undefined
    if (!this.#secrets.proves(known.textDigest, 'text', draft.text)) throw otherText()
    return known
  }

  remember(room: Slug, member: Member, draft: Draft, { id, at, author }: Posted): void {
    if (draft.key === undefined) return
    const now = this.#clock.elapsed()
    for (const [name, { until }] of this.#known) {
      if (until > now && this.#known.size < KEYS_MAX) break
      this.#known.delete(name)
    }
    const textDigest = this.#secrets.digest('text', draft.text)
    this.#known.set(this.#name(room, member, draft.key), {
      id,
      at,
      author,
      textDigest,
      until: now + KEY_TTL_MS,
    })
  }

  #name(room: Slug, member: Member, key: string): string {
    return `${room}\n${member.id}\n${key}`
  }
}
