import type { Posted } from '../event.ts'
import type { Clock } from '../ports/clock.ts'
import { RecentCache } from '../recent-cache.ts'

/** The most messages, of some 40 KB each at worst: a text of 4 KiB and its HTML. */
const MESSAGES_MAX = 500

/** A message leaves the cache when nobody has read it for one to two times this long. */
const AGE_MS = 60_000

/**
 * The messages of kept rooms that were read lately. Each reading of one gives the same object, so that what is made
 * of a
 * message once, such as its HTML, can be kept with it. Messages of vanishing rooms are never read, so never here (P3).
 */
export class MessageCache {
  readonly #recent = new RecentCache<Posted>(MESSAGES_MAX)
  readonly #clock: Clock
  #isAging = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The object from an earlier reading, if the message is still the same; else the given one, from now on. */
  share(message: Posted): Posted {
    const key = `${message.room} ${message.id.epoch} ${message.id.seq}`
    const earlier = this.#recent.get(key)
    const shared = earlier && isSame(earlier, message) ? earlier : message
    this.#recent.set(key, shared)
    this.#age()
    return shared
  }

  /** One timer at most, and none while the cache is empty: a deleted message does not stay in memory. */
  #age(): void {
    if (this.#isAging) return
    this.#isAging = true
    this.#clock.after(AGE_MS, () => {
      this.#isAging = false
      this.#recent.age()
      if (this.#recent.size > 0) this.#age()
    })
  }
}

function isSame(one: Posted, other: Posted): boolean {
  return (
    one.text === other.text &&
    one.editedAt === other.editedAt &&
    one.at === other.at &&
    one.author.name === other.author.name &&
    one.author.tag === other.author.tag &&
    one.author.verified === other.author.verified
  )
}
