import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RedisOneTimeIds } from '../../src/one-time-ids/redis.ts'
import { oneTimeIdsContract } from '../contracts/one-time-ids.ts'
import { JumpingClock } from '../support/jumping-clock.ts'
import { redisForTests } from '../support/redis/test-redis.ts'
import { testSecrets } from '../support/secrets.ts'

const openTestRedis = redisForTests()

oneTimeIdsContract('the one-time ids in Redis', async () => {
  const { redis, advance, close } = await openTestRedis(JumpingClock.frozen())
  const oneTimeIds = new RedisOneTimeIds(redis, testSecrets())
  return { oneTimeIds, now: () => redis.now(), advance, close: async () => close() }
})

test('an id used at one process is used at all, and no key contains it', async (t) => {
  const { redis, connectAgain, keys, advance, close } = await openTestRedis(JumpingClock.frozen())
  t.after(close)
  const until = redis.now() + 60_000
  assert.equal(await new RedisOneTimeIds(redis, testSecrets()).use('canary', until), true)
  assert.equal(await new RedisOneTimeIds(await connectAgain(), testSecrets()).use('canary', until), false)
  assert.doesNotMatch((await keys()).join(), /canary/)
  await advance(61_000)
  assert.deepEqual(await keys(), [])
})
