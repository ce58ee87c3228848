import assert from 'node:assert/strict'
import { authorDigest } from '../../../src/chat/author-digest.ts'
import { storeContract } from '../../contracts/store.ts'
import { ADA, LOBBY } from '../../support/events.ts'
import { openTestStore } from '../../support/store/test-store.ts'

storeContract('the store in SQLite', async () => {
  const fixture = await openTestStore()
  return {
    store: fixture.store,
    // Events are published before the store returns.
    publishedEvents: async () => fixture.published,
    signals: async () => fixture.signals,
    changer: { by: authorDigest(fixture.secrets, LOBBY, ADA) },
    advance: async (ms) => fixture.clock.advance(ms),
    reopen: fixture.reopen,
    close: async () => {
      await fixture.close()
      assert.deepEqual(fixture.reported, [])
    },
  }
})
