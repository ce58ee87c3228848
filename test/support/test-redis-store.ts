import { RedisBus } from '../../src/bus/redis.ts'
import type { Secrets } from '../../src/chat/ports.ts'
import type { Redis } from '../../src/redis/redis.ts'
import { RedisStore } from '../../src/store/redis/store.ts'
import { LOBBY } from './events.ts'
import { RecordingListener } from './recording-listener.ts'
import { testSecrets } from './secrets.ts'
import type { TestRedis } from './test-redis.ts'

/** What one of the processes has that use a Redis. */
export interface StoreProcess {
  readonly redis: Redis
  readonly bus: RedisBus
  readonly store: RedisStore
  /** Hears the lobby. */
  readonly listener: RecordingListener
  close(): Promise<void>
}

/** Kept rooms in a part of Redis that is a test's own, and what was told of them. */
export interface TestRedisStore extends StoreProcess {
  readonly under: TestRedis
  readonly secrets: Secrets
  /** One more process; the others end with the first. */
  another(): Promise<StoreProcess>
  /** All of a key, as Redis dumps it. */
  keysWith(text: string): Promise<string[]>
}

export async function openTestRedisStore(under: TestRedis): Promise<TestRedisStore> {
  const secrets = testSecrets()
  const opened: StoreProcess[] = []
  const start = async (redis: Redis): Promise<StoreProcess> => {
    const process = await openProcess(under, redis, secrets)
    opened.push(process)
    return process
  }
  const first = await start(under.redis)
  return {
    ...first,
    under,
    secrets,
    another: async () => start(await under.another()),
    keysWith: (text) => keysWith(under, text),
    close: async () => {
      for (const { close } of opened) await close()
      under.close()
    },
  }
}

async function openProcess(under: TestRedis, redis: Redis, secrets: Secrets): Promise<StoreProcess> {
  const { url, clock } = under
  const report = (error: unknown) => void under.reported.push(error)
  const nothing = () => {}
  const bus = await RedisBus.open({ redis, url, clock, secrets, changed: nothing, overhear: nothing, report })
  const store = new RedisStore({ redis, clock, secrets, known: (room) => bus.known(room), report })
  const listener = new RecordingListener()
  await bus.listen(LOBBY, listener.listen)
  const close = async () => {
    await store.close()
    bus.close()
  }
  return { redis, bus, store, listener, close }
}

/** The keys in whose bytes the text stands, those of others too. */
async function keysWith({ redis }: TestRedis, text: string): Promise<string[]> {
  const found: string[] = []
  for (const key of (await redis.command('KEYS', '*')) as string[]) {
    // DUMP may compress what is long; what it says of a type is the same for all.
    const dump = String(await redis.command('EVAL', HOLDS, '1', key, text))
    if (dump === '1') found.push(key)
  }
  return found
}

const HOLDS = `
local dump = redis.call('DUMP', KEYS[1])
return dump and string.find(dump, ARGV[1], 1, true) and '1' or '0'`
