import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemorySecrets } from '../../../src/secrets/secrets.ts'
import { systemClock } from '../../../src/system/clock.ts'
import { startServer } from '../../support/http/server.ts'
import { redisForTests } from '../../support/redis/test-redis.ts'

const testRedis = redisForTests()

test('P5: a program is the same member at every process, and a repeat with its key is one message', async (t) => {
  const keyspace = await testRedis()
  t.after(() => keyspace.close())
  const secrets = createMemorySecrets()
  const settings = { redis: keyspace.url, redisPrefix: keyspace.prefix }
  const redis = [keyspace.redis, await keyspace.connectAgain()]
  const servers = []
  for (const connection of redis)
    servers.push(await startServer(t, settings, systemClock, { redis: connection }, secrets))
  const messages: unknown[] = []
  for (const { url } of [...servers, ...servers]) {
    const response = await fetch(`${url}/r/tea/messages?name=Ada`, {
      method: 'POST',
      body: new URLSearchParams({ text: 'once', key: 'one' }),
      headers: { Accept: 'application/json' },
    })
    assert.equal(response.status, 201)
    messages.push(await response.json())
  }
  for (const message of messages) assert.deepEqual(message, messages[0])
})
