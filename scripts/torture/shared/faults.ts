import type { CuttingProxy } from '../../../test/support/http/cutting-proxy.ts'
import type { RedisServer } from '../../../test/support/redis/redis-server.ts'

/** What can be done to the Redis between processes. */
export interface Fault {
  readonly name: string
  readonly run: (redis: RedisServer, proxy: CuttingProxy) => Promise<void>
}

/** How long a fault that has a beginning and an end lasts, where it is not said. */
const SHORT_MS = 1_500

const pass = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Killed, and started again after a while on what is on its disk. */
export const killed = (ms = SHORT_MS): Fault => ({
  name: `Redis killed for ${ms} ms`,
  run: async (redis) => {
    await redis.kill()
    await pass(ms)
    await redis.start()
  },
})

/** It stands still: nothing is closed, and nothing answered. */
export const stopped = (ms: number): Fault => ({
  name: `Redis stopped for ${ms} ms`,
  run: async (redis) => {
    redis.pause()
    await pass(ms)
    redis.goOn()
  },
})

/** What listens is cut off, again and again, and all else goes on. */
const unsubscribed = (times: number): Fault => ({
  name: `channels cut ${times} times`,
  run: async (redis) => {
    for (let time = 0; time < times; time++) {
      await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub')
      await pass(30)
    }
  },
})

/** The way of one process to Redis: cut, with new connections refused for a while. */
export const cut = (ms = SHORT_MS): Fault => ({
  name: `one process cut off for ${ms} ms`,
  run: async (_redis, proxy) => {
    proxy.refusing = true
    proxy.cut()
    await pass(ms)
    proxy.refusing = false
  },
})

/** Open connections say nothing any more, as behind a firewall that forgot them. */
export const stalled: Fault = {
  name: 'open connections fall silent',
  run: async (_redis, proxy) => {
    proxy.stall()
    await pass(SHORT_MS)
  },
}

/** Half of each connection is closed. */
const halfClosed: Fault = {
  name: 'connections half closed',
  run: async (_redis, proxy) => {
    proxy.halfClose()
    await pass(SHORT_MS)
  },
}

/** All answers come late, but in time. */
const delayed = (ms: number): Fault => ({
  name: `answers ${ms} ms late`,
  run: async (_redis, proxy) => {
    proxy.delay = ms
    await pass(2 * SHORT_MS)
    proxy.delay = 0
  },
})

/** One after the other, in less than a minute. */
export const SOME: readonly Fault[] = [
  unsubscribed(10),
  cut(),
  halfClosed,
  stalled,
  delayed(200),
  stopped(1_000),
  stopped(5_000),
  killed(),
]

/** For as long as it takes. */
export const ALL: readonly Fault[] = [
  ...SOME,
  unsubscribed(200),
  stopped(30_000),
  killed(10_000),
  delayed(700),
]
