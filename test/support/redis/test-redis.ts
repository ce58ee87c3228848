import { randomUUID } from 'node:crypto'
import { after, before } from 'node:test'
import { CONTINUITY_KEY } from '../../../src/redis/continuity.ts'
import { Redis } from '../../../src/redis/redis.ts'
import { JumpingClock } from '../jumping-clock.ts'
import { RedisServer } from './redis-server.ts'
import { withRedisClock } from './with-redis-clock.ts'

/** A part of Redis that is a test's own. */
export interface TestRedis {
  readonly redis: Redis
  readonly url: string
  readonly prefix: string
  readonly clock: JumpingClock
  /** What went wrong where nobody waited for it. */
  readonly reported: unknown[]
  /** Lets this time pass for the process and for what expires in Redis. */
  advance(ms: number): Promise<void>
  /** All keys of the part, but the note that it is in use. */
  keys(): Promise<string[]>
  /** Another connection to the same part, as another process has it. */
  connectAgain(): Promise<Redis>
  close(): void
}

/**
 * A Redis for the tests of one file.
 * @returns makes a part of it that holds nothing yet
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

/** A part of this Redis that holds nothing yet. */
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
      // In this order: what is renewed by the clock in between must not be aged again.
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
