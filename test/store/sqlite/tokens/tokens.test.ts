import assert from 'node:assert/strict'
import { databasePath } from '../../../../src/store/sqlite/store.ts'
import { openTokens } from '../../../../src/store/sqlite/tokens/open-tokens.ts'
import { tokensContract } from '../../../contracts/tokens.ts'
import { openTestStore } from '../../../support/store/test-store.ts'

tokensContract('tokens in SQLite', async () => {
  const fixture = await openTestStore()
  const { store, folder, clock, reported } = fixture
  const handles: { close(): void }[] = []
  return {
    store,
    tokens: store.tokens,
    // Like the operator’s command while the server runs.
    openAnother: async () => {
      const report = (error: unknown) => void reported.push(error)
      const handle = openTokens(databasePath(folder), false, { clock, report })
      handles.push(handle)
      return handle.tokens
    },
    advance: async (ms) => clock.advance(ms),
    close: async () => {
      for (const { close } of handles) close()
      await fixture.close()
      assert.deepEqual(reported, [])
    },
  }
})
