import assert from 'node:assert/strict'
import { authorDigest } from '../../../src/chat/author-digest.ts'
import { storeContract } from '../../contracts/store.ts'
import { ADA, LOBBY } from '../../support/events.ts'
import { redisForTests } from '../../support/redis/test-redis.ts'
import { openTestRedisStore } from '../../support/redis/test-redis-store.ts'

const open = redisForTests()

storeContract('the store in Redis', async () => {
  const fixture = await openTestRedisStore(await open())
  return {
    store: fixture.store,
    publishedEvents: async (count) => {
      await fixture.listener.waitForTexts(count)
      return fixture.listener.events
    },
    signals: (count) => fixture.listener.waitForSignals(count),
    changer: { by: authorDigest(fixture.secrets, LOBBY, ADA) },
    advance: fixture.advance,
    reopen: async () => (await fixture.addProcess()).store,
    close: async () => {
      await fixture.close()
      assert.deepEqual(fixture.reported, [])
    },
  }
})
