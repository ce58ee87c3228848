import { type EventId, formatId } from '../../chat/event.ts'
import type { Slug } from '../../chat/room.ts'
import type { Redis } from '../../redis/redis.ts'
import { redisUnavailable } from '../../redis/refusals.ts'
import type { Script } from '../../redis/script.ts'
import { STALE_REPLY } from '../../redis/time.ts'
import { isRejection, rejected } from '../rejection.ts'
import { roomKeys } from './keys.ts'

export type ScriptArgument = string | number

/** The reply of a script: its first value, and the others. */
export interface ScriptReply {
  readonly status: string
  readonly values: readonly unknown[]
}

/** Runs the scripts of kept rooms. */
export class RoomScripts {
  readonly #redis: Redis
  readonly #newestSeen: (room: Slug) => EventId | undefined

  /** @param newestSeen the id of the newest event of a room that this process has seen */
  constructor(redis: Redis, newestSeen: (room: Slug) => EventId | undefined) {
    this.#redis = redis
    this.#newestSeen = newestSeen
  }

  /** @throws Refusal if the script rejects the operation */
  read(script: Script, room: Slug, args: readonly ScriptArgument[]): Promise<ScriptReply> {
    return this.#run(script, roomKeys(this.#redis.keys, room), args)
  }

  /**
   * @param at milliseconds since 1970, by the clock of Redis as this process knows it
   * @param keys of the same room, besides those that all scripts take
   * @throws Refusal if the script rejects the operation
   */
  write(
    script: Script,
    room: Slug,
    at: number,
    args: readonly ScriptArgument[],
    keys: readonly string[] = [],
  ): Promise<ScriptReply> {
    const { continuityId, keys: redisKeys } = this.#redis
    const newestSeen = this.#newestSeen(room)
    const commonArgs = [at, continuityId, newestSeen ? formatId(newestSeen) : '', redisKeys.channel(room)]
    return this.#run(script, [...roomKeys(redisKeys, room), ...keys], [...commonArgs, ...args])
  }

  async #run(script: Script, keys: readonly string[], args: readonly ScriptArgument[]): Promise<ScriptReply> {
    const [status, ...values] = (await this.#redis.run(script, keys, args)) as [string, ...unknown[]]
    if (status === STALE_REPLY) throw redisUnavailable()
    if (isRejection(status) && status !== 'exists') throw rejected(status)
    return { status, values }
  }
}
