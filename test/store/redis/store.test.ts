import assert from 'node:assert/strict'
import { authorDigest } from '../../../src/chat/author-digest.ts'
import { storeContract } from '../../contracts/store.ts'
import { ADA, LOBBY } from '../../support/events.ts'
import { redisForTests } from '../../support/redis/test-redis.ts'
import { openTestRedisStore } from '../../support/redis/test-redis-store.ts'

const open = redisForTests()

storeContract('the store in Redis', async () => {
  const under = await openTestRedisStore(await open())
  return {
    store: under.store,
    publishedEvents: async (count) => {
      await under.listener.waitForTexts(count)
      return under.listener.events
    },
    signals: (count) => under.listener.waitForSignals(count),
    changer: { by: authorDigest(under.secrets, LOBBY, ADA) },
    advance: under.advance,
    reopen: async () => (await under.addProcess()).store,
    close: async () => {
      await under.close()
      assert.deepEqual(under.reported, [])
    },
  }
})
