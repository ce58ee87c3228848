import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { parseDraft } from '../../../src/chat/message.ts'
import { databasePath } from '../../../src/store/sqlite/store.ts'
import { ADA, AUTHOR, LOBBY } from '../../support/events.ts'
import { eventually } from '../../support/eventually.ts'
import { refused } from '../../support/refused.ts'
import { FOREVER, type TestStore, testStore } from '../../support/store/test-store.ts'

const execute = promisify(execFile)

/** Ends the writer thread when it receives the text `die`. */
const exitOnDie = `{
  const { parentPort } = require('node:worker_threads')
  const on = parentPort.on.bind(parentPort)
  parentPort.on = (event, listen) => on(event, (operations) => {
    if (operations !== 'close' && operations.some(({ text }) => text === 'die')) process.exit(3)
    listen(operations)
  })
}`

/** Runs code in another process. This one may not even read the file: closing it would drop the locks. */
async function runInOtherProcess({ folder }: TestStore, code: string): Promise<string> {
  const preamble = `const path = ${JSON.stringify(databasePath(folder))}; const { readFileSync } = require('node:fs')
    const { DatabaseSync } = require('node:sqlite');`
  return (await execute(process.execPath, ['-e', preamble + code])).stdout
}

/**
 * The last connection that closes deletes the WAL, so without locks another process would take itself for the last one.
 */
async function assertLocksHold(fixture: TestStore): Promise<void> {
  const wal = `${databasePath(fixture.folder)}-wal`
  const before = await stat(wal)
  assert.ok(before.size > 0)
  const read = 'const database = new DatabaseSync(path); database.prepare("SELECT * FROM events").all()'
  await runInOtherProcess(fixture, `${read}; database.close()`)
  const after = await stat(wal)
  assert.deepEqual([after.ino, after.size], [before.ino, before.size])
  const exclusive = 'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE'
  await assert.rejects(
    runInOtherProcess(fixture, `new DatabaseSync(path).exec('${exclusive}')`),
    /database is locked/,
  )
}

const post = ({ store }: TestStore, text: string) => store.append(LOBBY, ADA, AUTHOR, parseDraft({ text }))

test('the locks on the database survive a scrub of its file', async (t) => {
  const fixture = await testStore(t)
  await fixture.store.createRoom(LOBBY, FOREVER, 'owner')
  const message = await post(fixture, 'canary')
  await fixture.store.deleteMessage(LOBBY, message.id, 'owner')
  await eventually(async () =>
    assert.equal(
      await runInOtherProcess(fixture, "console.log(readFileSync(path).includes('canary'))"),
      'false\n',
    ),
  )
  await post(fixture, 'more')
  await assertLocksHold(fixture)
})

test('the locks on the database survive the replacement of the writer thread', async (t) => {
  const fixture = await testStore(t, exitOnDie)
  await fixture.store.createRoom(LOBBY, FOREVER, 'owner')
  await assert.rejects(post(fixture, 'die'), refused('busy'))
  await post(fixture, 'more')
  await assertLocksHold(fixture)
})

test('a closed store leaves a single file without locks', async (t) => {
  const fixture = await testStore(t)
  await fixture.store.createRoom(LOBBY, FOREVER, 'owner')
  await fixture.store.close()
  await assert.rejects(stat(`${databasePath(fixture.folder)}-wal`), /ENOENT/)
  const alone = 'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE'
  await runInOtherProcess(fixture, `new DatabaseSync(path).exec('${alone}')`)
})
