import { RedisBus } from '../../../src/bus/redis.ts'
import type { Clock } from '../../../src/chat/ports/clock.ts'
import type { Secrets } from '../../../src/chat/ports/secrets.ts'
import type { Slug } from '../../../src/chat/room.ts'
import { Redis } from '../../../src/redis/redis.ts'
import { RedisStore } from '../../../src/store/redis/store.ts'
import { RedisTokens } from '../../../src/store/redis/tokens.ts'
import { LOBBY } from '../events.ts'
import { JumpingClock } from '../jumping-clock.ts'
import type { TestScope } from '../process/snug-process.ts'
import { RecordingListener } from '../recording-listener.ts'
import { testSecrets } from '../secrets.ts'
import type { RedisServer } from './redis-server.ts'
import type { TestRedis } from './test-redis.ts'

/** The adapters of one of several processes on a Redis. */
export interface StoreProcess {
  readonly redis: Redis
  readonly bus: RedisBus
  readonly store: RedisStore
  readonly tokens: RedisTokens
  readonly secrets: Secrets
  /** Listens to the lobby. */
  readonly listener: RecordingListener
  close(): Promise<void>
}

/** A store of kept rooms in a keyspace of a test, with the errors that it reported. */
export interface TestRedisStore extends StoreProcess {
  readonly reported: readonly unknown[]
  /** Advances the time of the process, and of the keys that expire in Redis. */
  advance(ms: number): Promise<void>
  /** Adds a process, which is closed with the first. */
  addProcess(): Promise<StoreProcess>
}

/** @param timers runs the regular tasks of the store; by default they run in time */
export async function openTestRedisStore(
  testRedis: TestRedis,
  timers: Clock = testRedis.clock,
): Promise<TestRedisStore> {
  const opened: StoreProcess[] = []
  const start = async (redis: Redis) => {
    const { url, clock, reported } = testRedis
    const process = await openStoreProcess(redis, url, clock, reported, timers)
    opened.push(process)
    return process
  }
  const first = await start(testRedis.redis)
  return {
    ...first,
    reported: testRedis.reported,
    advance: testRedis.advance,
    addProcess: async () => start(await testRedis.connectAgain()),
    close: async () => {
      for (const { close } of opened) await close()
      testRedis.close()
    },
  }
}

/** Opens the adapters of a process on this server, until the test ends. */
export async function openStoreOn(
  t: TestScope,
  { url }: Pick<RedisServer, 'url'>,
  prefix = 'snug:',
): Promise<StoreProcess> {
  const clock = new JumpingClock()
  const redis = await Redis.open({ url, prefix, clock, report: () => {} })
  const process = await openStoreProcess(redis, url, clock, [], clock)
  t.after(async () => {
    await process.close()
    redis.close()
  })
  return process
}

async function openStoreProcess(
  redis: Redis,
  url: string,
  clock: Clock,
  reported: unknown[],
  timers: Clock,
): Promise<StoreProcess> {
  const secrets = testSecrets()
  const report = (error: unknown) => void reported.push(error)
  const nothing = () => {}
  // No message invalidates the caches of this store, so it must not cache anything for long.
  const subscribedSince = () => Number.POSITIVE_INFINITY
  const busSubscribedSince = (room: Slug) => bus.subscribedSince(room)
  const tokens = new RedisTokens({ redis, clock: timers, subscribedSince: busSubscribedSince, report })
  const bus = await RedisBus.open({
    redis,
    url,
    clock,
    secrets,
    onConnectionChange: nothing,
    onFollow: nothing,
    onMessage: (_room, message) => {
      if (message.kind === 'token') tokens.handleRevocation(message.token)
    },
    report,
  })
  const newestSeen = (room: Slug) => bus.lastSeen(room)
  const store = new RedisStore({ redis, clock: timers, secrets, newestSeen, subscribedSince, report })
  const listener = new RecordingListener()
  await bus.listen(LOBBY, listener.listen)
  const close = async () => {
    await store.close()
    bus.close()
  }
  return { redis, bus, store, tokens, secrets, listener, close }
}

/** Finds the keys of the whole server that contain the text in their bytes. */
export async function findKeysContaining(redis: Redis, text: string): Promise<string[]> {
  // The text could not be found in compressed values.
  await redis.command('CONFIG', 'SET', 'rdbcompression', 'no')
  const found: string[] = []
  for (const key of (await redis.command('KEYS', '*')) as string[])
    if ((await redis.command('EVAL', KEY_CONTAINS, '1', key, text)) === 1) found.push(key)
  return found
}

const KEY_CONTAINS = `
local dump = redis.call('DUMP', KEYS[1])
return dump and string.find(dump, ARGV[1], 1, true) and 1 or 0`
