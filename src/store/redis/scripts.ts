import { type EventId, formatId } from '../../chat/event.ts'
import type { Slug } from '../../chat/room.ts'
import type { Redis } from '../../redis/redis.ts'
import { redisUnavailable } from '../../redis/refusals.ts'
import type { Script } from '../../redis/script.ts'
import { STALE_REPLY } from '../../redis/time.ts'
import { isRejection, rejected } from '../rejection.ts'
import { roomKeys } from './keys.ts'

export type ScriptArgument = string | number

/** How a script went, and what else it said. */
export interface ScriptReply {
  readonly status: string
  readonly values: readonly unknown[]
}

/** Runs the scripts of kept rooms. */
export class RoomScripts {
  readonly #redis: Redis
  readonly #newestSeen: (room: Slug) => EventId | undefined

  /** @param known the id of the newest event of a room that this process has seen */
  constructor(redis: Redis, known: (room: Slug) => EventId | undefined) {
    this.#redis = redis
    this.#newestSeen = known
  }

  /** @throws Refusal for what is denied */
  read(script: Script, room: Slug, words: readonly ScriptArgument[]): Promise<ScriptReply> {
    return this.#run(script, roomKeys(this.#redis.keys, room), words)
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
    words: readonly ScriptArgument[],
    keys: readonly string[] = [],
  ): Promise<ScriptReply> {
    const { continuityId, keys: names } = this.#redis
    const known = this.#newestSeen(room)
    const where = [at, continuityId, known ? formatId(known) : '', names.channel(room)]
    return this.#run(script, [...roomKeys(names, room), ...keys], [...where, ...words])
  }

  async #run(
    script: Script,
    keys: readonly string[],
    words: readonly ScriptArgument[],
  ): Promise<ScriptReply> {
    const [status, ...values] = (await this.#redis.run(script, keys, words)) as [string, ...unknown[]]
    if (status === STALE_REPLY) throw redisUnavailable()
    if (isRejection(status) && status !== 'exists') throw rejected(status)
    return { status, values }
  }
}
