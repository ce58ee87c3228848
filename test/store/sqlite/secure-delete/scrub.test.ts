import assert from 'node:assert/strict'
import { copyFileSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { truncateWal } from '../../../../src/store/sqlite/open-database.ts'
import { STEP_BYTES } from '../../../../src/store/sqlite/secure-delete/scrub.ts'
import { emptyFolder } from '../../../support/process/snug-process.ts'
import { plantInFreeSpan } from '../../../support/store/plant-in-free-span.ts'
import { createPlantedDatabase, ScrubbedDatabase } from '../../../support/store/scrubbed-database.ts'

test('text in free space does not return from the page cache of the connection that writes', async (t) => {
  using fixture = new ScrubbedDatabase(await createPlantedDatabase(t))
  fixture.database.prepare('SELECT * FROM rows').all()
  assert.ok(fixture.contains('canary'))
  fixture.scrubAll()
  assert.ok(!fixture.contains('canary'))
  fixture.insert(2, 'two')
  assert.ok(truncateWal(fixture.database))
  assert.ok(!fixture.contains('canary'))
})

test('text in free space does not return from the page cache of another connection, which has just read the page', async (t) => {
  using fixture = new ScrubbedDatabase(await createPlantedDatabase(t))
  using other = new DatabaseSync(fixture.path)
  const exec = fixture.database.exec.bind(fixture.database)
  let reads = 0
  fixture.database.exec = (sql) => {
    if (sql === 'BEGIN IMMEDIATE') reads += other.prepare('SELECT * FROM rows').all().length
    exec(sql)
  }
  fixture.scrubAll()
  assert.equal(reads, 1)
  assert.ok(!fixture.contains('canary'))
  other.exec("INSERT INTO rows VALUES (2, 'two')")
  assert.ok(truncateWal(fixture.database))
  assert.ok(!fixture.contains('canary'))
})

test('pages that another connection wrote are scrubbed as well', async (t) => {
  using fixture = new ScrubbedDatabase(await createPlantedDatabase(t))
  fixture.scrubAll()
  using other = new DatabaseSync(fixture.path)
  other.exec("INSERT INTO rows VALUES (2, 'two')")
  assert.ok(truncateWal(fixture.database))
  plantInFreeSpan(fixture.path, 2, 'canary')
  fixture.scrubAll()
  assert.ok(!fixture.contains('canary'))
})

test('only pages written since the last scrub are scrubbed again, unless a commit is uncertain', async (t) => {
  using fixture = new ScrubbedDatabase(await createPlantedDatabase(t))
  fixture.scrubAll()
  plantInFreeSpan(fixture.path, 2, 'canary')
  fixture.scrubAll()
  assert.ok(fixture.contains('canary'), 'nobody wrote the page')
  fixture.insert(2, 'two')
  fixture.scrubAll()
  assert.ok(!fixture.contains('canary'))
  plantInFreeSpan(fixture.path, 2, 'canary')
  fixture.scrub.suspectAllPages()
  fixture.scrubAll()
  assert.ok(!fixture.contains('canary'))
})

test('many pages are scrubbed in steps, with those that are written in the meantime', async (t) => {
  using fixture = new ScrubbedDatabase(join(await emptyFolder(t), 'a.db'))
  for (let key = 0; key < 6; key++) fixture.insert(key, 'x'.repeat(STEP_BYTES / 4))
  assert.equal(fixture.scrub.step(), 'more')
  // The second page was scrubbed, and is now written again.
  plantInFreeSpan(fixture.path, 2, 'canary')
  fixture.database.exec('PRAGMA shrink_memory')
  fixture.insert(6, 'more')
  assert.ok(truncateWal(fixture.database) && fixture.contains('canary'))
  fixture.scrubAll()
  assert.ok(!fixture.contains('canary'))
})

test('a step is busy at once while another connection reads or writes, and does no harm', async (t) => {
  using fixture = new ScrubbedDatabase(await createPlantedDatabase(t))
  using other = new DatabaseSync(fixture.path)
  const started = performance.now()
  other.exec('BEGIN')
  assert.equal(other.prepare('SELECT count(*) AS count FROM rows').get()?.count, 1)
  fixture.insert(2, 'two')
  assert.equal(fixture.scrub.step(), 'busy')
  assert.equal(other.prepare('SELECT count(*) AS count FROM rows').get()?.count, 1)
  other.exec('COMMIT; BEGIN IMMEDIATE')
  assert.equal(fixture.scrub.step(), 'busy')
  other.exec('COMMIT')
  assert.ok(performance.now() - started < 4000, 'SQLite would have waited five seconds')
  assert.ok(!fixture.database.isTransaction)
  fixture.scrubAll()
  assert.ok(!fixture.contains('canary'))
})

test('a step is busy if the WAL is written just before it gets the write lock', async (t) => {
  using fixture = new ScrubbedDatabase(await createPlantedDatabase(t))
  using other = new DatabaseSync(fixture.path)
  const exec = fixture.database.exec.bind(fixture.database)
  fixture.database.exec = (sql) => {
    if (sql === 'BEGIN IMMEDIATE') other.exec("INSERT INTO rows VALUES (2, 'two')")
    exec(sql)
  }
  assert.equal(fixture.scrub.step(), 'busy')
  assert.ok(fixture.contains('canary'))
  fixture.database.exec = exec
  fixture.scrubAll()
  assert.ok(!fixture.contains('canary'))
})

test('a file that replaced the open one is left alone, and so is the open one', {
  skip: process.platform === 'win32',
}, async (t) => {
  const path = await createPlantedDatabase(t)
  using fixture = new ScrubbedDatabase(path)
  renameSync(path, `${path}.away`)
  copyFileSync(`${path}.away`, path)
  assert.equal(fixture.scrub.step(), 'done')
  for (const file of [path, `${path}.away`]) assert.ok(readFileSync(file).includes('canary'))
})
