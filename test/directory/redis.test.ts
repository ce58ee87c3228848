import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RedisDirectory } from '../../src/directory/redis.ts'
import { directoryContract } from '../contracts/directory.ts'
import { LOBBY } from '../support/events.ts'
import { JumpingClock } from '../support/jumping-clock.ts'
import { redisForTests } from '../support/redis/test-redis.ts'

const testRedis = redisForTests()

directoryContract('the directory in Redis', async () => {
  const { redis, pass, close } = await testRedis(JumpingClock.still())
  return { directory: new RedisDirectory(redis), pass, close: async () => close() }
})

test('what one process lists, the others list, and nothing of it stays', async (t) => {
  const { redis, another, keys, pass, close } = await testRedis(JumpingClock.still())
  t.after(close)
  await new RedisDirectory(redis).list(LOBBY)
  assert.deepEqual(await new RedisDirectory(await another()).listed(), [LOBBY])
  await pass(3_600_000)
  assert.deepEqual(await keys(), [])
})
