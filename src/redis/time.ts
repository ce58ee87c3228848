import type { Clock } from '../chat/ports/clock.ts'
import type { RedisClient } from './client.ts'
import { REPLY_TIMEOUT_MS } from './connection.ts'

/** The first value in the reply of a script that rejects the caller's time as stale. */
export const STALE_REPLY = 'stale'

/**
 * Lua: `time()` is the time of Redis in milliseconds since 1970. It alone decides what has expired.
 *
 * `isStale(at)` tells whether a caller's time differs too much from it. If it is older than the reply timeout, the
 * caller has already been told that Redis is away: the command waited in a socket of Redis and must not be executed any
 * more. If it is in the future or long past, the caller's clock is wrong, and so would be the times that are stored.
 */
export const TIME_LUA = `
local function time()
  local now = redis.call('TIME')
  return now[1] * 1000 + math.floor(now[2] / 1000)
end

local function isStale(at)
  return math.abs(time() - at) > ${REPLY_TIMEOUT_MS}
end
`

/**
 * The time of Redis as this process knows it: measured once in a while, and advanced by `elapsed()` in between. The
 * wall clock is not used, because it may be set at any moment.
 */
export class RedisClock {
  readonly #clock: Clock
  // Milliseconds to add to `elapsed()`.
  #offsetMs: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Milliseconds since 1970. */
  now(): number {
    return Math.floor(this.#clock.elapsed() + (this.#offsetMs ?? 0))
  }

  async synchronize(client: RedisClient): Promise<void> {
    const before = this.#clock.elapsed()
    const reply = await client.sendCommand(['TIME'])
    const after = this.#clock.elapsed()
    const [seconds, micros] = reply as unknown as [string, string]
    const redisTime = Number(seconds) * 1000 + Number(micros) / 1000
    // Redis read its clock at some moment in between. An offset that fits is kept: a slower reply would not improve it.
    const offset = this.#offsetMs
    if (offset !== undefined && before + offset <= redisTime && redisTime <= after + offset) return
    this.#offsetMs = redisTime - (before + after) / 2
  }
}
