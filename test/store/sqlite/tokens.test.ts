import assert from 'node:assert/strict'
import { openTokens } from '../../../src/store/sqlite/open-tokens.ts'
import { databasePath } from '../../../src/store/sqlite/store.ts'
import { tokensContract } from '../../contracts/tokens.ts'
import { openTestStore } from '../../support/store/test-store.ts'

tokensContract('tokens in SQLite', async () => {
  const under = await openTestStore()
  const { store, folder, clock, reported } = under
  const beside: { close(): void }[] = []
  return {
    store,
    tokens: store.tokens,
    // As the operator’s command has them while the server runs.
    openAnother: async () => {
      const report = (error: unknown) => void reported.push(error)
      const opened = openTokens(databasePath(folder), false, { clock, report })
      beside.push(opened)
      return opened.tokens
    },
    advance: async (ms) => clock.advance(ms),
    close: async () => {
      for (const { close } of beside) close()
      await under.close()
      assert.deepEqual(reported, [])
    },
  }
})
