import type { CuttingProxy } from '../../../test/support/http/cutting-proxy.ts'
import type { RedisServer } from '../../../test/support/redis/redis-server.ts'

/** What can be done to the Redis between processes. */
export interface Fault {
  readonly name: string
  readonly run: (redis: RedisServer, proxy: CuttingProxy) => Promise<void>
}

/** How long a fault that has a beginning and an end lasts, where it is not said. */
const DEFAULT_FAULT_MS = 1_500

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Killed, and started again after a while on what is on its disk. */
export const killed = (ms = DEFAULT_FAULT_MS): Fault => ({
  name: `Redis killed for ${ms} ms`,
  run: async (redis) => {
    await redis.kill()
    await sleep(ms)
    await redis.start()
  },
})

/** It stands still: nothing is closed, and nothing answered. */
export const stopped = (ms: number): Fault => ({
  name: `Redis stopped for ${ms} ms`,
  run: async (redis) => {
    redis.pause()
    await sleep(ms)
    redis.resume()
  },
})

/** What listens is cut off, again and again, and all else goes on. */
const unsubscribed = (times: number): Fault => ({
  name: `channels cut ${times} times`,
  run: async (redis) => {
    for (let time = 0; time < times; time++) {
      await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub')
      await sleep(30)
    }
  },
})

/** The way of one process to Redis: cut, with new connections refused for a while. */
export const cut = (ms = DEFAULT_FAULT_MS): Fault => ({
  name: `one process cut off for ${ms} ms`,
  run: async (_redis, proxy) => {
    proxy.refusing = true
    proxy.cut()
    await sleep(ms)
    proxy.refusing = false
  },
})

/** Open connections say nothing any more, as behind a firewall that forgot them. */
export const stalled: Fault = {
  name: 'open connections fall silent',
  run: async (_redis, proxy) => {
    proxy.stall()
    await sleep(DEFAULT_FAULT_MS)
  },
}

/** Half of each connection is closed. */
const halfClosed: Fault = {
  name: 'connections half closed',
  run: async (_redis, proxy) => {
    proxy.halfClose()
    await sleep(DEFAULT_FAULT_MS)
  },
}

/** All answers come late, but in time. */
const delayed = (ms: number): Fault => ({
  name: `answers ${ms} ms late`,
  run: async (_redis, proxy) => {
    proxy.delayMs = ms
    await sleep(2 * DEFAULT_FAULT_MS)
    proxy.delayMs = 0
  },
})

/** One after the other, in less than a minute. */
export const SHORT_FAULTS: readonly Fault[] = [
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
export const ALL_FAULTS: readonly Fault[] = [
  ...SHORT_FAULTS,
  unsubscribed(200),
  stopped(30_000),
  killed(10_000),
  delayed(700),
]
