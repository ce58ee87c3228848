import type { CuttingProxy } from '../../../test/support/http/cutting-proxy.ts'
import type { RedisServer } from '../../../test/support/redis/redis-server.ts'

/** A fault of the Redis between processes. */
export interface Fault {
  readonly name: string
  readonly run: (redis: RedisServer, proxy: CuttingProxy) => Promise<void>
}

/** The default duration of a fault. */
const DEFAULT_FAULT_MS = 1_500

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Kills Redis, and restarts it later with the data on its disk. */
export const killed = (ms = DEFAULT_FAULT_MS): Fault => ({
  name: `Redis killed for ${ms} ms`,
  run: async (redis) => {
    await redis.kill()
    await sleep(ms)
    await redis.start()
  },
})

/** Stops the process of Redis: connections stay open, and nothing is answered. */
export const stopped = (ms: number): Fault => ({
  name: `Redis stopped for ${ms} ms`,
  run: async (redis) => {
    redis.pause()
    await sleep(ms)
    redis.resume()
  },
})

/** Closes the subscribers' connections, again and again; all others stay open. */
const unsubscribed = (times: number): Fault => ({
  name: `subscriptions cut ${times} times`,
  run: async (redis) => {
    for (let time = 0; time < times; time++) {
      await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub')
      await sleep(30)
    }
  },
})

/** Cuts the connections of one process to Redis, and refuses new ones for a while. */
export const cut = (ms = DEFAULT_FAULT_MS): Fault => ({
  name: `one process cut off for ${ms} ms`,
  run: async (_redis, proxy) => {
    proxy.refusing = true
    proxy.cut()
    await sleep(ms)
    proxy.refusing = false
  },
})

/** Open connections of one process fall silent, like behind a firewall that forgot them. */
export const stalled: Fault = {
  name: 'open connections fall silent',
  run: async (_redis, proxy) => {
    proxy.stall()
    await sleep(DEFAULT_FAULT_MS)
  },
}

/** Half-closes each connection of one process. */
const halfClosed: Fault = {
  name: 'connections half closed',
  run: async (_redis, proxy) => {
    proxy.halfClose()
    await sleep(DEFAULT_FAULT_MS)
  },
}

/** Delays every reply to one process, within its timeout or beyond. */
const delayed = (ms: number): Fault => ({
  name: `replies ${ms} ms late`,
  run: async (_redis, proxy) => {
    proxy.delayMs = ms
    await sleep(2 * DEFAULT_FAULT_MS)
    proxy.delayMs = 0
  },
})

/** Takes a right from Snug's user that every post needs, and gives it back. */
const rightRemoved = (ms = DEFAULT_FAULT_MS): Fault => ({
  name: `a right removed for ${ms} ms`,
  run: async (redis) => {
    await redis.command('ACL', 'SETUSER', 'default', '-hset')
    await sleep(ms)
    await redis.command('ACL', 'SETUSER', 'default', '+hset')
  },
})

/** Together they take less than a minute. */
export const SHORT_FAULTS: readonly Fault[] = [
  unsubscribed(10),
  cut(),
  halfClosed,
  stalled,
  delayed(300),
  delayed(1_500),
  rightRemoved(),
  stopped(1_000),
  stopped(5_000),
  killed(),
]

/** Includes long faults; for `npm run torture`. */
export const ALL_FAULTS: readonly Fault[] = [
  ...SHORT_FAULTS,
  unsubscribed(200),
  stopped(30_000),
  killed(10_000),
  delayed(700),
]
