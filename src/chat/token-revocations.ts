import type { Undo } from './ports/clock.ts'
import type { Slug } from './room.ts'
import type { TokenId } from './token.ts'

interface RevocationListeners {
  readonly room: Slug
  readonly callbacks: Set<() => void>
}

/** Those who wait to be told that a token is no more; as many as there are streams, at the most. */
export class TokenRevocations {
  readonly #listeners = new Map<TokenId, RevocationListeners>()

  listen(room: Slug, id: TokenId, run: () => void): Undo {
    const waiting = this.#listeners.get(id) ?? { room, callbacks: new Set() }
    this.#listeners.set(id, waiting)
    waiting.callbacks.add(run)
    return () => {
      if (
        waiting.callbacks.delete(run) &&
        waiting.callbacks.size === 0 &&
        this.#listeners.get(id) === waiting
      )
        this.#listeners.delete(id)
    }
  }

  notify(id: TokenId): void {
    const waiting = this.#listeners.get(id)
    this.#listeners.delete(id)
    for (const run of waiting?.callbacks ?? []) run()
  }

  /** The tokens that somebody waits for, and their rooms. */
  get tokensWithListeners(): (readonly [TokenId, Slug])[] {
    return [...this.#listeners].map(([id, { room }]) => [id, room] as const)
  }

  get size(): number {
    return this.#listeners.size
  }
}
