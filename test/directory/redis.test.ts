import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RedisDirectory } from '../../src/directory/redis.ts'
import { directoryContract } from '../contracts/directory.ts'
import { LOBBY } from '../support/events.ts'
import { JumpingClock } from '../support/jumping-clock.ts'
import { redisForTests } from '../support/redis/test-redis.ts'

const openTestRedis = redisForTests()

directoryContract('the directory in Redis', async () => {
  const { redis, advance, close } = await openTestRedis(JumpingClock.frozen())
  return { directory: new RedisDirectory(redis), advance, close: async () => close() }
})

test('a room listed by one process is listed by the others, and leaves nothing behind', async (t) => {
  const { redis, connectAgain, keys, advance, close } = await openTestRedis(JumpingClock.frozen())
  t.after(close)
  await new RedisDirectory(redis).add(LOBBY)
  assert.deepEqual(await new RedisDirectory(await connectAgain()).listedRooms(), [LOBBY])
  await advance(3_600_000)
  assert.deepEqual(await keys(), [])
})
