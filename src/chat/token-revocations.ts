import type { Undo } from './ports/clock.ts'
import type { Slug } from './room.ts'
import type { TokenId } from './token.ts'

interface Waiting {
  readonly room: Slug
  readonly runs: Set<() => void>
}

/** Those who wait to be told that a token is no more; as many as there are streams, at the most. */
export class Revocations {
  readonly #waiting = new Map<TokenId, Waiting>()

  wait(room: Slug, id: TokenId, run: () => void): Undo {
    const waiting = this.#waiting.get(id) ?? { room, runs: new Set() }
    this.#waiting.set(id, waiting)
    waiting.runs.add(run)
    return () => {
      if (waiting.runs.delete(run) && waiting.runs.size === 0 && this.#waiting.get(id) === waiting)
        this.#waiting.delete(id)
    }
  }

  tell(id: TokenId): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    for (const run of waiting?.runs ?? []) run()
  }

  /** The tokens that somebody waits for, and their rooms. */
  get awaited(): (readonly [TokenId, Slug])[] {
    return [...this.#waiting].map(([id, { room }]) => [id, room] as const)
  }

  get size(): number {
    return this.#waiting.size
  }
}
