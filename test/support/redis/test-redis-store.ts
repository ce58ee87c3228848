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

/** What one of the processes has that use a Redis. */
export interface StoreProcess {
  readonly redis: Redis
  readonly bus: RedisBus
  readonly store: RedisStore
  readonly tokens: RedisTokens
  readonly secrets: Secrets
  /** Hears the lobby. */
  readonly listener: RecordingListener
  close(): Promise<void>
}

/** Kept rooms in a part of Redis that is a test's own, and what was told of them. */
export interface TestRedisStore extends StoreProcess {
  readonly reported: readonly unknown[]
  /** Lets this time pass for the process and for what expires in Redis. */
  advance(ms: number): Promise<void>
  /** One more process; it ends with the first. */
  addProcess(): Promise<StoreProcess>
}

/** @param timers what the store does from time to time; by default when the time for it has come */
export async function openTestRedisStore(
  under: TestRedis,
  timers: Clock = under.clock,
): Promise<TestRedisStore> {
  const opened: StoreProcess[] = []
  const start = async (redis: Redis) => {
    const process = await openStoreProcess(redis, under.url, under.clock, under.reported, timers)
    opened.push(process)
    return process
  }
  const first = await start(under.redis)
  return {
    ...first,
    reported: under.reported,
    advance: under.advance,
    addProcess: async () => start(await under.connectAgain()),
    close: async () => {
      for (const { close } of opened) await close()
      under.close()
    },
  }
}

/** A process that uses this server, until the test ends. */
export async function openStoreOn(
  t: TestScope,
  { url }: RedisServer,
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
  // Nothing that is heard makes this store forget: it must not believe that something does.
  const subscribedSince = () => Number.POSITIVE_INFINITY
  const heardSince = (room: Slug) => bus.subscribedSince(room)
  const tokens = new RedisTokens({ redis, clock: timers, subscribedSince: heardSince, report })
  const bus = await RedisBus.open({
    redis,
    url,
    clock,
    secrets,
    onConnectionChange: nothing,
    onFollow: nothing,
    onMessage: (_room, heard) => {
      if (heard.kind === 'token') tokens.handleRevocation(heard.token)
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

/** The keys of the whole server in whose bytes the text stands. */
export async function findKeysContaining(redis: Redis, text: string): Promise<string[]> {
  // In what is compressed no text is found.
  await redis.command('CONFIG', 'SET', 'rdbcompression', 'no')
  const found: string[] = []
  for (const key of (await redis.command('KEYS', '*')) as string[])
    if ((await redis.command('EVAL', KEY_CONTAINS, '1', key, text)) === 1) found.push(key)
  return found
}

const KEY_CONTAINS = `
local dump = redis.call('DUMP', KEYS[1])
return dump and string.find(dump, ARGV[1], 1, true) and 1 or 0`
