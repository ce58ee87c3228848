import { type EventId, formatId } from '../../chat/event.ts'
import type { Slug } from '../../chat/room.ts'
import type { Redis } from '../../redis/redis.ts'
import type { Script } from '../../redis/script.ts'
import { UNTIMELY } from '../../redis/time.ts'
import { away } from '../../redis/trouble.ts'
import { denied, isDenial } from '../rejection.ts'
import { keysOf } from './keys.ts'

export type Word = string | number

/** How a script went, and what else it said. */
export interface Answer {
  readonly outcome: string
  readonly parts: readonly unknown[]
}

/** Runs the scripts of kept rooms. */
export class Scripts {
  readonly #redis: Redis
  readonly #known: (room: Slug) => EventId | undefined

  /** @param known the id of the newest event of a room that this process has seen */
  constructor(redis: Redis, known: (room: Slug) => EventId | undefined) {
    this.#redis = redis
    this.#known = known
  }

  /** @throws Refusal for what is denied */
  read(script: Script, room: Slug, words: readonly Word[]): Promise<Answer> {
    return this.#run(script, keysOf(this.#redis.keys, room), words)
  }

  /**
   * @param at milliseconds since 1970 by the clock of Redis, as it is known here
   * @param keys of the same room, besides those that all scripts take
   * @throws Refusal for what is denied
   */
  write(
    script: Script,
    room: Slug,
    at: number,
    words: readonly Word[],
    keys: readonly string[] = [],
  ): Promise<Answer> {
    const { history, keys: names } = this.#redis
    const known = this.#known(room)
    const where = [at, history, known ? formatId(known) : '', names.channel(room)]
    return this.#run(script, [...keysOf(names, room), ...keys], [...where, ...words])
  }

  async #run(script: Script, keys: readonly string[], words: readonly Word[]): Promise<Answer> {
    const [outcome, ...parts] = (await this.#redis.run(script, keys, words)) as [string, ...unknown[]]
    if (outcome === UNTIMELY) throw away()
    if (isDenial(outcome) && outcome !== 'exists') throw denied(outcome)
    return { outcome, parts }
  }
}
