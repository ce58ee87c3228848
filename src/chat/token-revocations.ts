import type { Undo } from './ports/clock.ts'
import type { Slug } from './room.ts'
import type { TokenId } from './token.ts'

interface RevocationListeners {
  readonly room: Slug
  readonly callbacks: Set<() => void>
}

/** Callbacks that wait for the revocation of a token. There are at most as many as open streams. */
export class TokenRevocations {
  readonly #listeners = new Map<TokenId, RevocationListeners>()

  listen(room: Slug, id: TokenId, run: () => void): Undo {
    const listeners = this.#listeners.get(id) ?? { room, callbacks: new Set() }
    this.#listeners.set(id, listeners)
    listeners.callbacks.add(run)
    return () => {
      if (
        listeners.callbacks.delete(run) &&
        listeners.callbacks.size === 0 &&
        this.#listeners.get(id) === listeners
      )
        this.#listeners.delete(id)
    }
  }

  notify(id: TokenId): void {
    const listeners = this.#listeners.get(id)
    this.#listeners.delete(id)
    for (const run of listeners?.callbacks ?? []) run()
  }

  /** The tokens with callbacks, and their rooms. */
  get tokensWithListeners(): (readonly [TokenId, Slug])[] {
    return [...this.#listeners].map(([id, { room }]) => [id, room] as const)
  }

  get size(): number {
    return this.#listeners.size
  }
}
