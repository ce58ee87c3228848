import type { Clock } from '../chat/ports/clock.ts'
import type { RedisClient } from './client.ts'
import { REPLY_TIMEOUT_MS } from './connection.ts'

/** What scripts say that take nothing of the caller's time. */
export const STALE_REPLY = 'stale'

/**
 * Lua: `time()` is the time of Redis in milliseconds since 1970. What is over is over by it, whatever callers believe.
 *
 * `isStale(at)` is whether a caller's moment is not of this time. So long ago, its caller was told that Redis is away:
 * what it asked waited in Redis's sockets, and must not happen any more. One to come, or long ago, is of a caller who
 * takes the time wrongly, and would stand among the others' for good.
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
 * The time of Redis, as it is known here: measured, and carried on by the time that elapses. The clock on the wall has no
 * say, for it may be set at any moment.
 */
export class RedisClock {
  readonly #clock: Clock
  // How many milliseconds it is ahead of what has elapsed here.
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
    const told = Number(seconds) * 1000 + Number(micros) / 1000
    // It was told at some moment in between: what fits that is no worse than what a slower answer would teach.
    const known = this.#offsetMs
    if (known !== undefined && before + known <= told && told <= after + known) return
    this.#offsetMs = told - (before + after) / 2
  }
}
