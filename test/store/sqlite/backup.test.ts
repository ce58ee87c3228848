import assert from 'node:assert/strict'
import { copyFile, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { Settings } from '../../../src/chat/kept-room.ts'
import { parseDraft } from '../../../src/chat/message.ts'
import { parseSlug, type Slug } from '../../../src/chat/room.ts'
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

const post = ({ store }: TestStore, text: string) => store.append(LOBBY, ADA, AUTHOR, parseDraft({ text }))

test('a copy that is made while members post is a single valid file from one snapshot', async (t) => {
  const fixture = await testStore(t)
  const copy = join(await emptyFolder(t), 'copy.db')
  await fixture.store.createRoom(LOBBY, FOREVER, 'owner')
  const deleted = await post(fixture, 'canary-gone')
  await fixture.store.deleteMessage(LOBBY, deleted.id, 'owner')
  for (let n = 0; n < 20; n++) await post(fixture, `before ${n}`)
  const posts = Array.from({ length: 50 }, (_, n) => post(fixture, `meanwhile ${n}`))
  copyDatabase(join(fixture.folder, 'rooms.db'), copy, fixture.clock.now())
  await Promise.all(posts)
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

test('a restored copy continues in a new epoch: events that followed the copy are unknown, and no id is used twice', async (t) => {
  const one = await testStore(t)
  const two = await testStore(t)
  const copy = join(await emptyFolder(t), 'copy.db')
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  const before = await post(one, 'before')
  copyDatabase(join(one.folder, 'rooms.db'), copy, one.clock.now())
  const lost = await post(one, 'after the copy')
  await two.store.close()
  await copyFile(copy, join(two.folder, 'rooms.db'))
  await two.reopen()
  assert.deepEqual((await two.store.readPage(LOBBY, { kind: 'newest' }, 9)).messages, [before])
  assert.equal(await two.store.hasEvent(LOBBY, before.id), true)
  assert.equal(await two.store.hasEvent(LOBBY, lost.id), false)
  const next = await post(two, 'another future')
  assert.equal(next.id.seq, lost.id.seq)
  assert.notEqual(next.id.epoch, lost.id.epoch)
  assert.deepEqual(await two.store.readEvents(LOBBY, before.id, next.id, 9), [next])
  // Only the first start begins a new epoch: a restart loses nothing.
  const again = await two.reopen()
  assert.deepEqual(await again.top(LOBBY), next.id)
})

test('a copy overwrites no file, and leaves nothing behind if it can’t be written', async (t) => {
  const fixture = await testStore(t)
  await fixture.store.createRoom(LOBBY, FOREVER, 'owner')
  const folder = await emptyFolder(t)
  const from = join(fixture.folder, 'rooms.db')
  const to = join(folder, 'precious')
  await writeFile(to, 'precious')
  assert.throws(
    () => copyDatabase(from, to, 0),
    /precious already exists and is left as it is: name another file\.$/,
  )
  assert.equal(await readFile(to, 'utf8'), 'precious')
  assert.throws(
    () => copyDatabase(from, join(folder, 'none', 'copy'), 0),
    /^Error: Can’t write .*: no such file or directory\.$/,
  )
  assert.deepEqual(await readdir(folder), ['precious'])
})

test('a copy that an earlier version made continues in a new epoch too, and its file is no longer marked as a copy', async (t) => {
  const path = join(await emptyFolder(t), 'rooms.db')
  const former = new DatabaseSync(path)
  migrate(former, 2)
  former.exec(`INSERT INTO rooms (slug, epoch, seq, messages, listed, owner) VALUES ('tea', 'k3x9', 7, 0, 0, 'owner');
    PRAGMA application_id = ${COPY_ID}`)
  former.close()
  const database = openForWriting(path, Date.now())
  assert.notEqual(database.prepare('SELECT epoch FROM rooms').get()?.epoch, 'k3x9')
  assert.equal(readPragma(database, 'application_id'), SNUG_ID)
  // The file itself must change, not only the WAL: it tells a copy from a database in use.
  assert.equal((await readFile(path)).readUInt32BE(68), SNUG_ID)
  database.close()
})

test('a copy beside the write-ahead log of another database is not read before a start has deleted that log', async (t) => {
  const fixture = await testStore(t)
  const folder = await emptyFolder(t)
  await fixture.store.createRoom(LOBBY, FOREVER, 'owner')
  const [copy, path] = [join(folder, 'copy.db'), join(folder, 'rooms.db')]
  copyDatabase(join(fixture.folder, 'rooms.db'), copy, fixture.clock.now())
  await post(fixture, 'after the copy')
  await copyFile(`${join(fixture.folder, 'rooms.db')}-wal`, `${path}-wal`)
  await rename(copy, path)
  const refusal =
    /put in place of another one, whose write-ahead log is still there\. Start Snug with it once first\.$/
  assert.throws(() => copyDatabase(path, copy, 0), refusal)
  assert.throws(() => [...exportFromDatabase(path, LOBBY, Date.now())], refusal)
})

test('deleted text is gone from the files even if the database is a symbolic link', async (t) => {
  const fixture = await testStore(t)
  const [elsewhere, path] = [await emptyFolder(t), join(fixture.folder, 'rooms.db')]
  await fixture.store.close()
  await rename(path, join(elsewhere, 'real.db'))
  await symlink(join(elsewhere, 'real.db'), path)
  await fixture.reopen()
  await fixture.store.createRoom(LOBBY, FOREVER, 'owner')
  const deleted = await post(fixture, 'canary-gone')
  assert.notDeepEqual(await findDatabaseFilesContaining(elsewhere, 'canary-gone'), [])
  await fixture.store.deleteMessage(LOBBY, deleted.id, 'owner')
  await eventually(async () =>
    assert.deepEqual(await findDatabaseFilesContaining(elsewhere, 'canary-gone'), []),
  )
})

test('a copy contains no text that was deleted, has expired or is surplus, even if the server has not swept it yet', async (t) => {
  const fixture = await testStore(t)
  const { store, clock, folder } = fixture
  let keys = 0
  const posted = (room: Slug, text: string) =>
    store.append(room, ADA, AUTHOR, parseDraft({ text, key: `key-${keys++}` }))
  const create = async (name: string, settings: Partial<Settings> = {}) => {
    const room = parseSlug(name)
    await store.createRoom(room, { ...FOREVER, ...settings }, 'owner')
    return room
  }
  const [tea, closed, daily, few] = [
    await create('tea'),
    await create('closed'),
    await create('daily', { retention: 86_400_000 }),
    await create('few'),
  ]
  // Enough for SQLite to move rows from page to page, and several steps of a sweep.
  for (const room of [closed, daily, few])
    await Promise.all(
      Array.from({ length: 700 }, (_, n) => posted(room, `canary-${room}-${n}${'x'.repeat(n % 300)}`)),
    )
  const edited = await posted(tea, 'canary-edited')
  await store.edit(tea, edited.id, 'owner', 'live-edited')
  await store.deleteMessage(tea, (await posted(tea, 'canary-message')).id, 'owner')
  clock.advanceWithoutTimers(86_400_001)
  for (const room of [daily, few]) await posted(room, `live-${room}`)
  await store.changeSettings(few, { ...FOREVER, keep: 1 })
  await store.deleteRoom(closed)

  const copy = join(await emptyFolder(t), 'copy.db')
  copyDatabase(join(folder, 'rooms.db'), copy, clock.now())
  const bytes = await readFile(copy)
  assert.equal(bytes.includes('canary'), false)
  for (const live of ['live-edited', 'live-daily', 'live-few']) assert.ok(bytes.includes(live), live)
  assert.deepEqual(await readdir(join(copy, '..')), ['copy.db'])
  const database = new DatabaseSync(copy)
  assert.equal(database.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok')
  const counts = database.prepare(`SELECT slug, messages,
    (SELECT count(*) FROM events WHERE room = rooms.id AND kind = 'posted') AS present FROM rooms`)
  for (const { slug, messages, present } of counts.all())
    if (slug !== 'closed') assert.equal(messages, present, String(slug))
  database.close()
})
