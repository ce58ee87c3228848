import assert from 'node:assert/strict'
import { copyFile, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { parseDraft } from '../../../src/chat/message.ts'
import { copyDatabase } from '../../../src/store/sqlite/backup.ts'
import { exportFromDatabase } from '../../../src/store/sqlite/export.ts'
import { openForWriting } from '../../../src/store/sqlite/open-database.ts'
import { COPY_ID, migrate, readPragma, SNUG_ID } from '../../../src/store/sqlite/schema.ts'
import { ADA, AUTHOR, LOBBY } from '../../support/events.ts'
import { eventually } from '../../support/eventually.ts'
import { emptyFolder } from '../../support/process/snug-process.ts'
import {
  FOREVER,
  findDatabaseFilesContaining,
  type TestStore,
  testStore,
} from '../../support/store/test-store.ts'

const say = ({ store }: TestStore, text: string) => store.append(LOBBY, ADA, AUTHOR, parseDraft({ text }))

test('a copy that is made while people post is one sound file from one moment', async (t) => {
  const under = await testStore(t)
  const copy = join(await emptyFolder(t), 'copy.db')
  await under.store.createRoom(LOBBY, FOREVER, 'owner')
  const gone = await say(under, 'canary-gone')
  await under.store.deleteMessage(LOBBY, gone.id, 'owner')
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
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  const before = await say(one, 'before')
  copyDatabase(join(one.folder, 'rooms.db'), copy)
  const lost = await say(one, 'after the copy')
  await two.store.close()
  await copyFile(copy, join(two.folder, 'rooms.db'))
  await two.reopen()
  assert.deepEqual((await two.store.readPage(LOBBY, { kind: 'newest' }, 9)).messages, [before])
  assert.equal(await two.store.hasEvent(LOBBY, before.id), true)
  assert.equal(await two.store.hasEvent(LOBBY, lost.id), false)
  const next = await say(two, 'another future')
  assert.equal(next.id.seq, lost.id.seq)
  assert.notEqual(next.id.epoch, lost.id.epoch)
  assert.deepEqual(await two.store.readEvents(LOBBY, before.id, next.id, 9), [next])
  // Its first start alone: a restart loses nothing.
  const again = await two.reopen()
  assert.deepEqual(await again.top(LOBBY), next.id)
})

test('a copy overwrites nothing, and one that can’t be written leaves nothing behind', async (t) => {
  const under = await testStore(t)
  await under.store.createRoom(LOBBY, FOREVER, 'owner')
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

test('a copy that an earlier version made goes on in a new epoch too, and in the file itself is none any more', async (t) => {
  const path = join(await emptyFolder(t), 'rooms.db')
  const former = new DatabaseSync(path)
  migrate(former, 2)
  former.exec(`INSERT INTO rooms (slug, epoch, seq, messages, listed, owner) VALUES ('tea', 'k3x9', 7, 0, 0, 'owner');
    PRAGMA application_id = ${COPY_ID}`)
  former.close()
  const database = openForWriting(path, Date.now())
  assert.notEqual(database.prepare('SELECT epoch FROM rooms').get()?.epoch, 'k3x9')
  assert.equal(readPragma(database, 'application_id'), SNUG_ID)
  // Not in the log alone: by its file a copy is told from what is in use.
  assert.equal((await readFile(path)).readUInt32BE(68), SNUG_ID)
  database.close()
})

test('beside the log of another database a copy is not read before a start has cleared that away', async (t) => {
  const under = await testStore(t)
  const folder = await emptyFolder(t)
  await under.store.createRoom(LOBBY, FOREVER, 'owner')
  const [copy, place] = [join(folder, 'copy.db'), join(folder, 'rooms.db')]
  copyDatabase(join(under.folder, 'rooms.db'), copy)
  await say(under, 'after the copy')
  await copyFile(`${join(under.folder, 'rooms.db')}-wal`, `${place}-wal`)
  await rename(copy, place)
  const refusal = /put in place of another, whose log is still there\. Start Snug with it once first\.$/
  assert.throws(() => copyDatabase(place, copy), refusal)
  assert.throws(() => [...exportFromDatabase(place, LOBBY, Date.now())], refusal)
})

test('where the database is a link, deleted text is gone all the same', async (t) => {
  const under = await testStore(t)
  const [elsewhere, path] = [await emptyFolder(t), join(under.folder, 'rooms.db')]
  await under.store.close()
  await rename(path, join(elsewhere, 'real.db'))
  await symlink(join(elsewhere, 'real.db'), path)
  await under.reopen()
  await under.store.createRoom(LOBBY, FOREVER, 'owner')
  const gone = await say(under, 'canary-gone')
  assert.notDeepEqual(await findDatabaseFilesContaining(elsewhere, 'canary-gone'), [])
  await under.store.deleteMessage(LOBBY, gone.id, 'owner')
  await eventually(async () =>
    assert.deepEqual(await findDatabaseFilesContaining(elsewhere, 'canary-gone'), []),
  )
})
