import type { Clock } from '../../../src/chat/ports/clock.ts'
import type { Redis } from '../../../src/redis/redis.ts'
import { script } from '../../../src/redis/script.ts'

const ASKED = "redis.call('TIME')"

// The time is one word more, after all that the script knows.
const TOLD = '{ math.floor(ARGV[#ARGV] / 1000), ARGV[#ARGV] % 1000 * 1000 }'

/** Lets this clock be that of Redis, for scripts and for whoever asks: what Redis does by its own can be lived through. */
export function redisAt(redis: Redis, clock: Pick<Clock, 'now'>): Redis {
  const now = () => Math.floor(clock.now())
  const run = redis.run.bind(redis)
  redis.now = now
  redis.run = (program, keys, words) =>
    program.lua.includes(ASKED)
      ? run(script(program.lua.replaceAll(ASKED, TOLD)), keys, [...words, now()])
      : run(program, keys, words)
  return redis
}
