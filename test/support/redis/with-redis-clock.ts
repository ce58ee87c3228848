import type { Clock } from '../../../src/chat/ports/clock.ts'
import type { Redis } from '../../../src/redis/redis.ts'
import { defineScript } from '../../../src/redis/script.ts'

const TIME_CALL = "redis.call('TIME')"

// The time is one word more, after all that the script knows.
const TIME_FROM_ARGV = '{ math.floor(ARGV[#ARGV] / 1000), ARGV[#ARGV] % 1000 * 1000 }'

/** Lets this clock be that of Redis, for scripts and for whoever asks: what Redis does by its own can be lived through. */
export function withRedisClock(redis: Redis, clock: Pick<Clock, 'now'>): Redis {
  const now = () => Math.floor(clock.now())
  const run = redis.run.bind(redis)
  redis.now = now
  redis.run = (program, keys, words) =>
    program.lua.includes(TIME_CALL)
      ? run(defineScript(program.lua.replaceAll(TIME_CALL, TIME_FROM_ARGV)), keys, [...words, now()])
      : run(program, keys, words)
  return redis
}
