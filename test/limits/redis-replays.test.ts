import { RedisReplays } from '../../src/limits/redis-replays.ts'
import { replaysContract } from '../contracts/replays.ts'
import { JumpingClock } from '../support/jumping-clock.ts'
import { testSecrets } from '../support/secrets.ts'
import { redisForTests } from '../support/test-redis.ts'

const testRedis = redisForTests()

replaysContract('what was shown, in Redis', async () => {
  const { redis, pass, close } = await testRedis(JumpingClock.still())
  const replays = new RedisReplays(redis, testSecrets())
  return { replays, now: () => redis.now(), pass, close: async () => close() }
})
