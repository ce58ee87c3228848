import assert from 'node:assert/strict'
import { authorDigest } from '../../../src/chat/author-digest.ts'
import { storeContract } from '../../contracts/store.ts'
import { ADA, LOBBY } from '../../support/events.ts'
import { openTestStore } from '../../support/store/test-store.ts'

storeContract('the store in SQLite', async () => {
  const under = await openTestStore()
  return {
    store: under.store,
    // What is answered was carried before.
    publishedEvents: async () => under.published,
    signals: async () => under.signals,
    changer: { by: authorDigest(under.secrets, LOBBY, ADA) },
    advance: async (ms) => under.clock.advance(ms),
    reopen: under.reopen,
    close: async () => {
      await under.close()
      assert.deepEqual(under.reported, [])
    },
  }
})
