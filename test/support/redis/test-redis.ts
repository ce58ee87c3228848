import { randomUUID } from 'node:crypto'
import { after, before } from 'node:test'
import { CONTINUITY_KEY } from '../../../src/redis/continuity.ts'
import { Redis } from '../../../src/redis/redis.ts'
import { JumpingClock } from '../jumping-clock.ts'
import { RedisServer } from './redis-server.ts'
import { withRedisClock } from './with-redis-clock.ts'

/** A keyspace of one test in a Redis. */
export interface TestRedis {
  readonly redis: Redis
  readonly url: string
  readonly prefix: string
  readonly clock: JumpingClock
  /** The errors that were reported. */
  readonly reported: unknown[]
  /** Advances the time of the process, and of the keys that expire in Redis. */
  advance(ms: number): Promise<void>
  /** All keys of the keyspace, without the continuity record. */
  keys(): Promise<string[]>
  /** Opens another connection to the same keyspace, like another process. */
  connectAgain(): Promise<Redis>
  close(): void
}

/**
 * Starts a Redis for the tests of one file.
 * @returns opens an empty keyspace
 */
export function redisForTests(): (clock?: JumpingClock) => Promise<TestRedis> {
  let server: RedisServer
  const ends: (() => unknown)[] = []
  before(async () => {
    server = await RedisServer.start({ after: (run) => void ends.unshift(run) })
  })
  after(async () => {
    for (const end of ends) await end()
  })
  return (clock) => openKeyspace(server, clock)
}

/** Opens an empty keyspace of this Redis. */
export async function openKeyspace(server: RedisServer, clock = new JumpingClock()): Promise<TestRedis> {
  const prefix = `${randomUUID()}:`
  const reported: unknown[] = []
  const opened: Redis[] = []
  const open = async () => {
    const report = (error: unknown) => void reported.push(error)
    const redis = withRedisClock(await Redis.open({ url: server.url, prefix, clock, report }), clock)
    opened.push(redis)
    return redis
  }
  const redis = await open()
  return {
    redis,
    url: server.url,
    prefix,
    clock,
    reported,
    advance: async (ms) => {
      // Redis first: what a timer of the clock renews must not age again.
      await server.ageKeys(ms)
      clock.advance(ms)
    },
    keys: async () => {
      const keys = (await redis.command('KEYS', `${prefix}*`)) as string[]
      return keys.filter((key) => key !== redis.keys.global(CONTINUITY_KEY))
    },
    connectAgain: open,
    close: () => {
      for (const redis of opened) redis.close()
    },
  }
}
