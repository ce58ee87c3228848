import type { Clock } from '../../../src/chat/ports/clock.ts'
import type { Redis } from '../../../src/redis/redis.ts'
import { defineScript } from '../../../src/redis/script.ts'

const TIME_CALL = "redis.call('TIME')"

// The time is an additional argument after those of the script.
const TIME_FROM_ARGV = '{ math.floor(ARGV[#ARGV] / 1000), ARGV[#ARGV] % 1000 * 1000 }'

/** Makes this clock the clock of Redis, for scripts and for `redis.now()`, so that a test can set it forward. */
export function withRedisClock(redis: Redis, clock: Pick<Clock, 'now'>): Redis {
  const now = () => Math.floor(clock.now())
  const run = redis.run.bind(redis)
  redis.now = now
  redis.run = (script, keys, args) =>
    script.lua.includes(TIME_CALL)
      ? run(defineScript(script.lua.replaceAll(TIME_CALL, TIME_FROM_ARGV)), keys, [...args, now()])
      : run(script, keys, args)
  return redis
}
