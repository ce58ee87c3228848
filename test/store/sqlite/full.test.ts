import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseDraft } from '../../../src/chat/message.ts'
import { ADA, AUTHOR, LOBBY } from '../../support/events.ts'
import { refused } from '../../support/refused.ts'
import { FOREVER, testStore } from '../../support/store/test-store.ts'

/** The database may not grow while the folder has a file of this name. */
const bounded = `{
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

test('when nothing more fits posts are refused as that, reading goes on, and posts when there is space', async (t) => {
  const { store, folder, published } = await testStore(t, bounded)
  await store.createRoom(LOBBY, FOREVER, 'owner')
  const say = () => store.append(LOBBY, ADA, AUTHOR, parseDraft({ text: 'x'.repeat(4000) }))
  const first = await say()
  const full = join(folder, 'rooms.db.full')
  await writeFile(full, '')
  await assert.rejects(async () => {
    for (let n = 0; n < 20; n++) await say()
  }, refused('full'))
  const { messages, top } = await store.readPage(LOBBY, { kind: 'newest' }, 100)
  assert.equal(messages.length, published.length)
  assert.deepEqual(messages[0], first)
  // Deleting needs no more space than there is.
  await store.deleteMessage(LOBBY, first.id, 'owner')
  await rm(full)
  assert.equal((await say()).id.seq, top.seq + 2)
})
