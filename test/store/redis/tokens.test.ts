import assert from 'node:assert/strict'
import { tokensContract } from '../../contracts/tokens.ts'
import { redisForTests } from '../../support/redis/test-redis.ts'
import { openTestRedisStore } from '../../support/redis/test-redis-store.ts'

const open = redisForTests()

tokensContract('tokens in Redis', async () => {
  const under = await openTestRedisStore(await open())
  return {
    store: under.store,
    tokens: under.tokens,
    openAnother: async () => (await under.addProcess()).tokens,
    advance: under.advance,
    close: async () => {
      await under.close()
      assert.deepEqual(under.reported, [])
    },
  }
})
