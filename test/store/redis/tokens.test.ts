import assert from 'node:assert/strict'
import { tokensContract } from '../../contracts/tokens.ts'
import { redisForTests } from '../../support/redis/test-redis.ts'
import { openTestRedisStore } from '../../support/redis/test-redis-store.ts'

const open = redisForTests()

tokensContract('tokens in Redis', async () => {
  const fixture = await openTestRedisStore(await open())
  return {
    store: fixture.store,
    tokens: fixture.tokens,
    openAnother: async () => (await fixture.addProcess()).tokens,
    advance: fixture.advance,
    close: async () => {
      await fixture.close()
      assert.deepEqual(fixture.reported, [])
    },
  }
})
