import assert from 'node:assert/strict'
import { copyFileSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { emptyLog } from '../../../../src/store/sqlite/open-database.ts'
import { STEP_BYTES } from '../../../../src/store/sqlite/secure-delete/scrub.ts'
import { emptyFolder } from '../../../support/process/snug-process.ts'
import { plant } from '../../../support/store/plant.ts'
import { planted, Scrubbed } from '../../../support/store/scrubbed.ts'

test('the text in a gap does not come back from the memory of the connection that writes', async (t) => {
  using under = new Scrubbed(await planted(t))
  under.database.prepare('SELECT * FROM rows').all()
  assert.ok(under.holds('canary'))
  under.all()
  assert.ok(!under.holds('canary'))
  under.insert(2, 'two')
  assert.ok(emptyLog(under.database))
  assert.ok(!under.holds('canary'))
})

test('nor from that of another one, which read the page just before', async (t) => {
  using under = new Scrubbed(await planted(t))
  using other = new DatabaseSync(under.path)
  const exec = under.database.exec.bind(under.database)
  let reads = 0
  under.database.exec = (sql) => {
    if (sql === 'BEGIN IMMEDIATE') reads += other.prepare('SELECT * FROM rows').all().length
    exec(sql)
  }
  under.all()
  assert.equal(reads, 1)
  assert.ok(!under.holds('canary'))
  other.exec("INSERT INTO rows VALUES (2, 'two')")
  assert.ok(emptyLog(under.database))
  assert.ok(!under.holds('canary'))
})

test('what another connection wrote is looked at as well', async (t) => {
  using under = new Scrubbed(await planted(t))
  under.all()
  using other = new DatabaseSync(under.path)
  other.exec("INSERT INTO rows VALUES (2, 'two')")
  assert.ok(emptyLog(under.database))
  plant(under.path, 2, 'canary')
  under.all()
  assert.ok(!under.holds('canary'))
})

test('only what was written since is looked at again, unless a commit is in doubt', async (t) => {
  using under = new Scrubbed(await planted(t))
  under.all()
  plant(under.path, 2, 'canary')
  under.all()
  assert.ok(under.holds('canary'), 'as nobody wrote there')
  under.insert(2, 'two')
  under.all()
  assert.ok(!under.holds('canary'))
  plant(under.path, 2, 'canary')
  under.scrub.doubt()
  under.all()
  assert.ok(!under.holds('canary'))
})

test('much is done in steps, and what comes to it meanwhile is done with it', async (t) => {
  using under = new Scrubbed(join(await emptyFolder(t), 'a.db'))
  for (let key = 0; key < 6; key++) under.insert(key, 'x'.repeat(STEP_BYTES / 4))
  assert.equal(under.scrub.step(), 'more')
  // The second page was looked at, and is written again.
  plant(under.path, 2, 'canary')
  under.database.exec('PRAGMA shrink_memory')
  under.insert(6, 'more')
  assert.ok(emptyLog(under.database) && under.holds('canary'))
  under.all()
  assert.ok(!under.holds('canary'))
})

test('while somebody reads or writes it is busy at once, and harms nobody', async (t) => {
  using under = new Scrubbed(await planted(t))
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
  under.all()
  assert.ok(!under.holds('canary'))
})

test('what is written to the log just before it may write alone makes it busy', async (t) => {
  using under = new Scrubbed(await planted(t))
  using other = new DatabaseSync(under.path)
  const exec = under.database.exec.bind(under.database)
  under.database.exec = (sql) => {
    if (sql === 'BEGIN IMMEDIATE') other.exec("INSERT INTO rows VALUES (2, 'two')")
    exec(sql)
  }
  assert.equal(under.scrub.step(), 'busy')
  assert.ok(under.holds('canary'))
  under.database.exec = exec
  under.all()
  assert.ok(!under.holds('canary'))
})

test('a file that was put in place of the one that is open is left alone, and so is that one', {
  skip: process.platform === 'win32',
}, async (t) => {
  const path = await planted(t)
  using under = new Scrubbed(path)
  renameSync(path, `${path}.away`)
  copyFileSync(`${path}.away`, path)
  assert.equal(under.scrub.step(), 'done')
  for (const file of [path, `${path}.away`]) assert.ok(readFileSync(file).includes('canary'))
})
