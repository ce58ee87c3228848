import { type Lookalike, lookalikesOf } from '../chat/names/lookalikes.ts'
import { RecentCache } from '../chat/recent-cache.ts'

/** Each entry takes some 300 bytes. A roster compares the name of a member who enters several times. */
const CACHED_NAMES_MAX = 8_000

/** The looks of the names that a roster compared lately. */
export class LookalikeCache {
  readonly #cache = new RecentCache<readonly Lookalike[]>(CACHED_NAMES_MAX)

  /** @returns the same as `lookalikesOf` */
  of(name: string): readonly Lookalike[] {
    const cached = this.#cache.get(name)
    if (cached) return cached
    const lookalikes = lookalikesOf(name)
    // A copy of the name: a slice of the request would keep the whole request in memory.
    this.#cache.set([...name].join(''), lookalikes)
    return lookalikes
  }
}
