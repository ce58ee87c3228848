import type { Author, EventId, Posted } from '../chat/event.ts'
import type { Member } from '../chat/member.ts'
import type { Draft } from '../chat/message.ts'
import type { Clock } from '../chat/ports/clock.ts'
import type { Secrets } from '../chat/ports/secrets.ts'
import type { Slug } from '../chat/room.ts'
import { otherText } from './key-reused.ts'

/** How long a vanishing room knows a key. */
export const KEY_TTL_MS = 600_000

/** Keys remembered at once, of all rooms: about 300 bytes each. The oldest give way. */
export const KEYS_MAX = 100_000

/** Keys of about the same time share a shelf and are forgotten with it: a Map whose oldest are deleted one by one grows slow. */
const SHELVES = 10
const SHELF_MS = KEY_TTL_MS / (SHELVES - 1)

interface Known {
  readonly id: EventId
  readonly at: number
  readonly author: Author
  readonly textDigest: string
  readonly until: number
}

interface Shelf {
  /** When the last of its keys is over. */
  readonly until: number
  readonly known: Map<string, Known>
}

/** Which key stood for which message: a digest of its text, never the text. */
export class KeyMemory {
  readonly #clock: Clock
  readonly #secrets: Secrets
  // The newest first.
  #shelves: readonly Shelf[] = []

  constructor(clock: Clock, secrets: Secrets) {
    this.#clock = clock
    this.#secrets = secrets
  }

  /** @throws Refusal `invalid` when the key stood for another text */
  find(room: Slug, member: Member, draft: Draft): Omit<Known, 'textDigest' | 'until'> | undefined {
    if (draft.key === undefined) return undefined
    const known = this.#look(this.#name(room, member, draft.key))
    if (!known || known.until <= this.#clock.elapsed()) return undefined
    if (!this.#secrets.proves(known.textDigest, 'text', draft.text)) throw otherText()
    return known
  }

  remember(room: Slug, member: Member, draft: Draft, { id, at, author }: Posted): void {
    if (draft.key === undefined) return
    const now = this.#clock.elapsed()
    const textDigest = this.#secrets.digest('text', draft.text)
    const name = this.#name(room, member, draft.key)
    this.#shelf(now).set(name, { id, at, author, textDigest, until: now + KEY_TTL_MS })
  }

  #look(name: string): Known | undefined {
    for (const { known } of this.#shelves) {
      const found = known.get(name)
      if (found) return found
    }
    return undefined
  }

  #shelf(now: number): Map<string, Known> {
    const [newest] = this.#shelves
    if (newest && newest.known.size < KEYS_MAX / SHELVES && now + KEY_TTL_MS <= newest.until)
      return newest.known
    const known = new Map<string, Known>()
    const others = this.#shelves.filter(({ until }) => until > now).slice(0, SHELVES - 1)
    this.#shelves = [{ until: now + SHELF_MS + KEY_TTL_MS, known }, ...others]
    return known
  }

  #name(room: Slug, member: Member, key: string): string {
    return `${room}\n${member.id}\n${key}`
  }
}
