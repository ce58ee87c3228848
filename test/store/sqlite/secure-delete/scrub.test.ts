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

test('the text in a gap does not come back from the memory of the connection that writes', async (t) => {
  using under = new ScrubbedDatabase(await createPlantedDatabase(t))
  under.database.prepare('SELECT * FROM rows').all()
  assert.ok(under.contains('canary'))
  under.scrubAll()
  assert.ok(!under.contains('canary'))
  under.insert(2, 'two')
  assert.ok(truncateWal(under.database))
  assert.ok(!under.contains('canary'))
})

test('nor from that of another one, which read the page just before', async (t) => {
  using under = new ScrubbedDatabase(await createPlantedDatabase(t))
  using other = new DatabaseSync(under.path)
  const exec = under.database.exec.bind(under.database)
  let reads = 0
  under.database.exec = (sql) => {
    if (sql === 'BEGIN IMMEDIATE') reads += other.prepare('SELECT * FROM rows').all().length
    exec(sql)
  }
  under.scrubAll()
  assert.equal(reads, 1)
  assert.ok(!under.contains('canary'))
  other.exec("INSERT INTO rows VALUES (2, 'two')")
  assert.ok(truncateWal(under.database))
  assert.ok(!under.contains('canary'))
})

test('what another connection wrote is looked at as well', async (t) => {
  using under = new ScrubbedDatabase(await createPlantedDatabase(t))
  under.scrubAll()
  using other = new DatabaseSync(under.path)
  other.exec("INSERT INTO rows VALUES (2, 'two')")
  assert.ok(truncateWal(under.database))
  plantInFreeSpan(under.path, 2, 'canary')
  under.scrubAll()
  assert.ok(!under.contains('canary'))
})

test('only what was written since is looked at again, unless a commit is in doubt', async (t) => {
  using under = new ScrubbedDatabase(await createPlantedDatabase(t))
  under.scrubAll()
  plantInFreeSpan(under.path, 2, 'canary')
  under.scrubAll()
  assert.ok(under.contains('canary'), 'as nobody wrote there')
  under.insert(2, 'two')
  under.scrubAll()
  assert.ok(!under.contains('canary'))
  plantInFreeSpan(under.path, 2, 'canary')
  under.scrub.suspectAllPages()
  under.scrubAll()
  assert.ok(!under.contains('canary'))
})

test('much is done in steps, and what comes to it meanwhile is done with it', async (t) => {
  using under = new ScrubbedDatabase(join(await emptyFolder(t), 'a.db'))
  for (let key = 0; key < 6; key++) under.insert(key, 'x'.repeat(STEP_BYTES / 4))
  assert.equal(under.scrub.step(), 'more')
  // The second page was looked at, and is written again.
  plantInFreeSpan(under.path, 2, 'canary')
  under.database.exec('PRAGMA shrink_memory')
  under.insert(6, 'more')
  assert.ok(truncateWal(under.database) && under.contains('canary'))
  under.scrubAll()
  assert.ok(!under.contains('canary'))
})

test('while somebody reads or writes it is busy at once, and harms nobody', async (t) => {
  using under = new ScrubbedDatabase(await createPlantedDatabase(t))
  using other = new DatabaseSync(under.path)
  const started = performance.now()
  other.exec('BEGIN')
  assert.equal(other.prepare('SELECT count(*) AS count FROM rows').get()?.count, 1)
  under.insert(2, 'two')
  assert.equal(under.scrub.step(), 'busy')
  assert.equal(other.prepare('SELECT count(*) AS count FROM rows').get()?.count, 1)
  other.exec('COMMIT; BEGIN IMMEDIATE')
  assert.equal(under.scrub.step(), 'busy')
  other.exec('COMMIT')
  assert.ok(performance.now() - started < 4000, 'SQLite would have waited five seconds')
  assert.ok(!under.database.isTransaction)
  under.scrubAll()
  assert.ok(!under.contains('canary'))
})

test('what is written to the log just before it may write alone makes it busy', async (t) => {
  using under = new ScrubbedDatabase(await createPlantedDatabase(t))
  using other = new DatabaseSync(under.path)
  const exec = under.database.exec.bind(under.database)
  under.database.exec = (sql) => {
    if (sql === 'BEGIN IMMEDIATE') other.exec("INSERT INTO rows VALUES (2, 'two')")
    exec(sql)
  }
  assert.equal(under.scrub.step(), 'busy')
  assert.ok(under.contains('canary'))
  under.database.exec = exec
  under.scrubAll()
  assert.ok(!under.contains('canary'))
})

test('a file that was put in place of the one that is open is left alone, and so is that one', {
  skip: process.platform === 'win32',
}, async (t) => {
  const path = await createPlantedDatabase(t)
  using under = new ScrubbedDatabase(path)
  renameSync(path, `${path}.away`)
  copyFileSync(`${path}.away`, path)
  assert.equal(under.scrub.step(), 'done')
  for (const file of [path, `${path}.away`]) assert.ok(readFileSync(file).includes('canary'))
})
