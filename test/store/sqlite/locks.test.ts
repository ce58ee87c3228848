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

/** Ends the thread when it is told to write this. */
const dies = `{
  const { parentPort } = require('node:worker_threads')
  const on = parentPort.on.bind(parentPort)
  parentPort.on = (event, listen) => on(event, (operations) => {
    if (operations !== 'close' && operations.some(({ text }) => text === 'die')) process.exit(3)
    listen(operations)
  })
}`

/** Runs it in another process: this one's locks end when it closes the file itself, and so it may not even read it. */
async function elsewhere({ folder }: TestStore, code: string): Promise<string> {
  const given = `const path = ${JSON.stringify(databasePath(folder))}; const { readFileSync } = require('node:fs')
    const { DatabaseSync } = require('node:sqlite');`
  return (await execute(process.execPath, ['-e', given + code])).stdout
}

/** The last connection to a database takes its log away with it; others may not think that they are. */
async function keepsItsLog(under: TestStore): Promise<void> {
  const log = `${databasePath(under.folder)}-wal`
  const before = await stat(log)
  assert.ok(before.size > 0)
  const read = 'const database = new DatabaseSync(path); database.prepare("SELECT * FROM events").all()'
  await elsewhere(under, `${read}; database.close()`)
  const after = await stat(log)
  assert.deepEqual([after.ino, after.size], [before.ino, before.size])
  const exclusive = 'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE'
  await assert.rejects(elsewhere(under, `new DatabaseSync(path).exec('${exclusive}')`), /database is locked/)
}

const say = ({ store }: TestStore, text: string) => store.append(LOBBY, ADA, AUTHOR, parseDraft({ text }))

test('the locks on the database outlive that its file was looked through', async (t) => {
  const under = await testStore(t)
  await under.store.createRoom(LOBBY, FOREVER, 'owner')
  const message = await say(under, 'canary')
  await under.store.deleteMessage(LOBBY, message.id, 'owner')
  await eventually(async () =>
    assert.equal(await elsewhere(under, "console.log(readFileSync(path).includes('canary'))"), 'false\n'),
  )
  await say(under, 'more')
  await keepsItsLog(under)
})

test('they outlive the writing thread, whose place another one takes', async (t) => {
  const under = await testStore(t, dies)
  await under.store.createRoom(LOBBY, FOREVER, 'owner')
  await assert.rejects(say(under, 'die'), refused('busy'))
  await say(under, 'more')
  await keepsItsLog(under)
})

test('all is closed with the store: one file is left, and it can be had alone', async (t) => {
  const under = await testStore(t)
  await under.store.createRoom(LOBBY, FOREVER, 'owner')
  await under.store.close()
  await assert.rejects(stat(`${databasePath(under.folder)}-wal`), /ENOENT/)
  const alone = 'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE'
  await elsewhere(under, `new DatabaseSync(path).exec('${alone}')`)
})
