import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RedisReplays } from '../../src/one-time-ids/redis.ts'
import { replaysContract } from '../contracts/one-time-ids.ts'
import { JumpingClock } from '../support/jumping-clock.ts'
import { redisForTests } from '../support/redis/test-redis.ts'
import { testSecrets } from '../support/secrets.ts'

const testRedis = redisForTests()

replaysContract('what was shown, in Redis', async () => {
  const { redis, pass, close } = await testRedis(JumpingClock.still())
  const replays = new RedisReplays(redis, testSecrets())
  return { replays, now: () => redis.now(), pass, close: async () => close() }
})

test('what was shown to one process was shown to all, and what it was stands nowhere', async (t) => {
  const { redis, another, keys, pass, close } = await testRedis(JumpingClock.still())
  t.after(close)
  const until = redis.now() + 60_000
  assert.equal(await new RedisReplays(redis, testSecrets()).first('what was shown', until), true)
  assert.equal(await new RedisReplays(await another(), testSecrets()).first('what was shown', until), false)
  assert.doesNotMatch((await keys()).join(), /what was shown/)
  await pass(61_000)
  assert.deepEqual(await keys(), [])
})
