import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseDraft } from '../../../src/chat/message.ts'
import { ADA, AUTHOR, LOBBY } from '../../support/events.ts'
import { refused } from '../../support/refused.ts'
import { FOREVER, testStore } from '../../support/store/test-store.ts'

/** Stops the database from growing while a file `rooms.db.full` exists. */
const limitedPages = `{
  const { DatabaseSync } = require('node:sqlite')
  const { existsSync } = require('node:fs')
  const { workerData } = require('node:worker_threads')
  const exec = DatabaseSync.prototype.exec
  DatabaseSync.prototype.exec = function (sql) {
    if (sql === 'BEGIN IMMEDIATE') {
      const max = existsSync(workerData.path + '.full') ? 1 : 1_000_000
      exec.call(this, 'PRAGMA max_page_count = ' + max)
    }
    return exec.call(this, sql)
  }
}`

test('a full disk refuses posts, allows reads and deletions, and accepts posts when there is space again', async (t) => {
  const { store, folder, published } = await testStore(t, limitedPages)
  await store.createRoom(LOBBY, FOREVER, 'owner')
  const post = () => store.append(LOBBY, ADA, AUTHOR, parseDraft({ text: 'x'.repeat(4000) }))
  const first = await post()
  const full = join(folder, 'rooms.db.full')
  await writeFile(full, '')
  await assert.rejects(async () => {
    for (let n = 0; n < 20; n++) await post()
  }, refused('full'))
  const { messages, top } = await store.readPage(LOBBY, { kind: 'newest' }, 100)
  assert.equal(messages.length, published.length)
  assert.deepEqual(messages[0], first)
  // A deletion needs no additional space.
  await store.deleteMessage(LOBBY, first.id, 'owner')
  await rm(full)
  assert.equal((await post()).id.seq, top.seq + 2)
})
