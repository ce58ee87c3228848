import assert from 'node:assert/strict'
import { copyFile, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { parseDraft } from '../../src/chat/message.ts'
import { copyDatabase } from '../../src/store/copy.ts'
import { ADA, AUTHOR, LOBBY } from '../support/events.ts'
import { emptyFolder } from '../support/snug-process.ts'
import { FOREVER, type TestStore, testStore } from '../support/test-store.ts'

const say = ({ store }: TestStore, text: string) => store.append(LOBBY, ADA, AUTHOR, parseDraft({ text }))

test('a copy that is made while people post is one sound file from one moment', async (t) => {
  const under = await testStore(t)
  const copy = join(await emptyFolder(t), 'copy.db')
  await under.store.create(LOBBY, FOREVER, 'owner')
  const gone = await say(under, 'canary-gone')
  await under.store.erase(LOBBY, gone.id, 'owner')
  for (let n = 0; n < 20; n++) await say(under, `before ${n}`)
  const posting = Array.from({ length: 50 }, (_, n) => say(under, `meanwhile ${n}`))
  copyDatabase(join(under.folder, 'rooms.db'), copy)
  await Promise.all(posting)
  assert.deepEqual(await readdir(join(copy, '..')), ['copy.db'])
  assert.ok(!(await readFile(copy)).includes('canary-gone'))
  if (process.platform !== 'win32') assert.equal((await stat(copy)).mode & 0o777, 0o600)
  const database = new DatabaseSync(copy)
  assert.equal(database.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok')
  const { seq, messages } = database.prepare('SELECT seq, messages FROM rooms').get() ?? {}
  const { count } = database.prepare("SELECT count(*) AS count FROM events WHERE kind = 'posted'").get() ?? {}
  assert.ok(Number(seq) >= 22 && messages === count)
  database.close()
})

test('a copy in place goes on in a new epoch: what was said after it was made is unknown, and no id comes again', async (t) => {
  const one = await testStore(t)
  const two = await testStore(t)
  const copy = join(await emptyFolder(t), 'copy.db')
  await one.store.create(LOBBY, FOREVER, 'owner')
  const before = await say(one, 'before')
  copyDatabase(join(one.folder, 'rooms.db'), copy)
  const lost = await say(one, 'after the copy')
  await two.store.close()
  await copyFile(copy, join(two.folder, 'rooms.db'))
  await two.reopen()
  assert.deepEqual((await two.store.page(LOBBY, { kind: 'newest' }, 9)).messages, [before])
  assert.equal(await two.store.knows(LOBBY, before.id), true)
  assert.equal(await two.store.knows(LOBBY, lost.id), false)
  const next = await say(two, 'another future')
  assert.equal(next.id.seq, lost.id.seq)
  assert.notEqual(next.id.epoch, lost.id.epoch)
  assert.deepEqual(await two.store.between(LOBBY, before.id, next.id, 9), [next])
  // Its first start alone: a restart loses nothing.
  const again = await two.reopen()
  assert.deepEqual(await again.top(LOBBY), next.id)
})

test('a copy overwrites nothing, and one that can’t be written leaves nothing behind', async (t) => {
  const under = await testStore(t)
  await under.store.create(LOBBY, FOREVER, 'owner')
  const folder = await emptyFolder(t)
  const from = join(under.folder, 'rooms.db')
  const to = join(folder, 'precious')
  await writeFile(to, 'precious')
  assert.throws(
    () => copyDatabase(from, to),
    /precious already exists and is left as it is: name another file\.$/,
  )
  assert.equal(await readFile(to, 'utf8'), 'precious')
  assert.throws(
    () => copyDatabase(from, join(folder, 'none', 'copy')),
    /^Error: Can’t write .*: no such file or directory\.$/,
  )
  assert.deepEqual(await readdir(folder), ['precious'])
})
