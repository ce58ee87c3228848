import assert from 'node:assert/strict'
import { rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseDraft } from '../../../src/chat/message.ts'
import { Refusal } from '../../../src/chat/refusal.ts'
import { parseSlug } from '../../../src/chat/room.ts'
import { ADA, AUTHOR, LOBBY } from '../../support/events.ts'
import { refused } from '../../support/refused.ts'
import { FOREVER, testStore } from '../../support/store/test-store.ts'

const MAX_BYTES = 2 * 1024 * 1024

/** The disk has this much free, as the writer sees it, while a file `rooms.db.full` exists. */
const nearlyFullDisk = `{
  const fs = require('node:fs')
  const { workerData } = require('node:worker_threads')
  const { statfsSync } = fs
  fs.statfsSync = (path) => {
    const found = statfsSync(path)
    if (!fs.existsSync(workerData.path + '.full')) return found
    return { ...found, bsize: 4096, blocks: 1_000_000, bavail: 0.04 * 1_000_000 }
  }
}`

test('the database does not grow beyond its bound, whatever comes at once; deleting makes room again', async (t) => {
  const { store, folder } = await testStore(t, '', MAX_BYTES)
  await store.createRoom(LOBBY, FOREVER, 'owner')
  const post = (text: string) => store.append(LOBBY, ADA, AUTHOR, parseDraft({ text }))
  const posts = Array.from({ length: 1000 }, (_, n) => post(`${n} ${'x'.repeat(4000)}`))
  const results = await Promise.allSettled(posts)
  const stored = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  for (const result of results)
    if (result.status === 'rejected')
      assert.ok(result.reason instanceof Refusal && result.reason.code === 'full')
  assert.ok(stored.length > 200 && stored.length < 520, `${stored.length} were stored`)
  // Many small commits, too.
  for (let n = 0; n < 300; n++) await post('y'.repeat(4000)).catch(() => {})
  await store.close()
  assert.ok((await stat(join(folder, 'rooms.db'))).size < MAX_BYTES * 1.2)
})

test('when there is no space left, nothing is added, and what adds nothing goes on', async (t) => {
  const { store } = await testStore(t, '', MAX_BYTES)
  await store.createRoom(LOBBY, FOREVER, 'owner')
  const first = await store.append(LOBBY, ADA, AUTHOR, parseDraft({ text: 'first', key: 'once' }))
  const post = () => store.append(LOBBY, ADA, AUTHOR, parseDraft({ text: 'x'.repeat(4000) }))
  const stored = [await post()]
  await assert.rejects(async () => {
    for (;;) stored.push(await post())
  }, refused('full'))
  await assert.rejects(store.edit(LOBBY, first.id, 'owner', 'y'.repeat(4000)), refused('full'))
  // P5: a repeat of what was stored.
  const again = await store.append(LOBBY, ADA, AUTHOR, parseDraft({ text: 'first', key: 'once' }))
  assert.deepEqual(again.id, first.id)
  assert.equal((await store.readPage(LOBBY, { kind: 'newest' }, 10)).messages.length, 10)
  await store.changeSettings(LOBBY, { ...FOREVER, listed: true })
  for (const { id } of stored.slice(0, 20)) await store.deleteMessage(LOBBY, id, 'owner')
  await post()
})

test('some space of the disk is left free', async (t) => {
  const { store, folder } = await testStore(t, nearlyFullDisk)
  await store.createRoom(LOBBY, FOREVER, 'owner')
  const post = () => store.append(LOBBY, ADA, AUTHOR, parseDraft({ text: 'hi' }))
  await post()
  const full = join(folder, 'rooms.db.full')
  await writeFile(full, '')
  await assert.rejects(post(), refused('full'))
  await assert.rejects(store.createRoom(parseSlug('another'), FOREVER, 'owner'), refused('full'))
  await rm(full)
  await post()
})
