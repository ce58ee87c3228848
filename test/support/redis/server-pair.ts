import type { TestContext } from 'node:test'
import { createMemorySecrets } from '../../../src/secrets/secrets.ts'
import { systemClock } from '../../../src/system/clock.ts'
import { startServer, type TestServer } from '../http/server.ts'
import type { RedisServer } from './redis-server.ts'
import { openKeyspace } from './test-redis.ts'

/** Two servers on an empty keyspace of this Redis, with the same session keys, until the test ends. */
export async function startServerPair(t: TestContext, redis: RedisServer): Promise<[TestServer, TestServer]> {
  const keyspace = await openKeyspace(redis)
  t.after(() => keyspace.close())
  const secrets = createMemorySecrets()
  const settings = { redis: keyspace.url, redisPrefix: keyspace.prefix }
  const start = async () =>
    startServer(t, settings, systemClock, { redis: await keyspace.connectAgain() }, secrets)
  return [await start(), await start()]
}
