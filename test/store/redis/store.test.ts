import assert from 'node:assert/strict'
import { authorship } from '../../../src/chat/author-digest.ts'
import { storeContract } from '../../contracts/store.ts'
import { ADA, LOBBY } from '../../support/events.ts'
import { redisForTests } from '../../support/redis/test-redis.ts'
import { openTestRedisStore } from '../../support/redis/test-redis-store.ts'

const open = redisForTests()

storeContract('the store in Redis', async () => {
  const under = await openTestRedisStore(await open())
  return {
    store: under.store,
    carried: async (count) => {
      await under.listener.texts(count)
      return under.listener.events
    },
    told: (count) => under.listener.heard(count),
    by: { by: authorship(under.secrets, LOBBY, ADA) },
    pass: under.pass,
    reopen: async () => (await under.another()).store,
    close: async () => {
      await under.close()
      assert.deepEqual(under.reported, [])
    },
  }
})
