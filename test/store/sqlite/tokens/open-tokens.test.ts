import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { parseName } from '../../../../src/chat/names/name.ts'
import { generateToken, SCOPES } from '../../../../src/chat/token.ts'
import { migrate, UnusableDatabase } from '../../../../src/store/sqlite/schema.ts'
import { databasePath } from '../../../../src/store/sqlite/store.ts'
import { openTokens } from '../../../../src/store/sqlite/tokens/open-tokens.ts'
import { TestClock } from '../../../support/clock.ts'
import { LOBBY } from '../../../support/events.ts'
import { emptyFolder } from '../../../support/process/snug-process.ts'
import { testSecrets } from '../../../support/secrets.ts'

const tools = { clock: new TestClock(), report: (error: unknown) => assert.fail(String(error)) }

/** The path of a database as left by the version before tokens. */
async function createEarlierDatabase(t: TestContext): Promise<string> {
  const path = databasePath(await emptyFolder(t))
  const database = new DatabaseSync(path)
  migrate(database, 1)
  database.close()
  return path
}

test('P19: tokens can be added to a database of an earlier version', async (t) => {
  const { tokens, close } = openTokens(await createEarlierDatabase(t), true, tools)
  const request = { name: parseName('Weather Bot'), scopes: SCOPES }
  const { token } = generateToken(testSecrets(), tools.clock.now(), request)
  await tokens.add(LOBBY, token)
  assert.deepEqual(await tokens.find(LOBBY, token.id), token)
  close()
})

test('a database that a running server of an earlier version uses is not migrated', async (t) => {
  const path = await createEarlierDatabase(t)
  assert.throws(
    () => openTokens(path, false, tools),
    (error) =>
      error instanceof UnusableDatabase &&
      /^The database in .* is in use by an older Snug/.test(error.message),
  )
})
