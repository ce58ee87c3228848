import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemorySecrets } from '../../../src/secrets/secrets.ts'
import { systemClock } from '../../../src/system/clock.ts'
import { startServer } from '../../support/http/server.ts'
import { redisForTests } from '../../support/redis/test-redis.ts'

const testRedis = redisForTests()

test('a program is the same member at every process, and a repeat under its key one message', async (t) => {
  const part = await testRedis()
  t.after(() => part.close())
  const secrets = createMemorySecrets()
  const settings = { redis: part.url, redisPrefix: part.prefix }
  const redis = [part.redis, await part.connectAgain()]
  const servers = []
  for (const connection of redis)
    servers.push(await startServer(t, settings, systemClock, { redis: connection }, secrets))
  const said: unknown[] = []
  for (const { url } of [...servers, ...servers]) {
    const response = await fetch(`${url}/r/tea/messages?name=Ada`, {
      method: 'POST',
      body: new URLSearchParams({ text: 'once', key: 'one' }),
      headers: { Accept: 'application/json' },
    })
    assert.equal(response.status, 201)
    said.push(await response.json())
  }
  for (const message of said) assert.deepEqual(message, said[0])
})
