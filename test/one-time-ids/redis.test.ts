import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RedisOneTimeIds } from '../../src/one-time-ids/redis.ts'
import { oneTimeIdsContract } from '../contracts/one-time-ids.ts'
import { JumpingClock } from '../support/jumping-clock.ts'
import { redisForTests } from '../support/redis/test-redis.ts'
import { testSecrets } from '../support/secrets.ts'

const testRedis = redisForTests()

oneTimeIdsContract('what was shown, in Redis', async () => {
  const { redis, advance, close } = await testRedis(JumpingClock.frozen())
  const oneTimeIds = new RedisOneTimeIds(redis, testSecrets())
  return { oneTimeIds, now: () => redis.now(), advance, close: async () => close() }
})

test('what was shown to one process was shown to all, and what it was stands nowhere', async (t) => {
  const { redis, connectAgain, keys, advance, close } = await testRedis(JumpingClock.frozen())
  t.after(close)
  const until = redis.now() + 60_000
  assert.equal(await new RedisOneTimeIds(redis, testSecrets()).use('what was shown', until), true)
  assert.equal(
    await new RedisOneTimeIds(await connectAgain(), testSecrets()).use('what was shown', until),
    false,
  )
  assert.doesNotMatch((await keys()).join(), /what was shown/)
  await advance(61_000)
  assert.deepEqual(await keys(), [])
})
