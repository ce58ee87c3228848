import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { emptyFolder } from '../../../support/process/snug-process.ts'
import {
  assertFreeSpansZeroed,
  createPlantedDatabase,
  ScrubbedDatabase,
} from '../../../support/store/scrubbed-database.ts'

const execute = promisify(execFile)

/** The brackets prevent a canary from appearing by chance, as the end of another one after the number of a page. */
const canary = (index: number) => `<canary-${index}>`

const step = fc.record({
  does: fc.constantFrom('write', 'write', 'delete'),
  key: fc.nat({ max: 200 }),
  length: fc.oneof(fc.nat({ max: 60 }), fc.nat({ max: 3000 })),
  ends: fc.constantFrom(undefined, undefined, 'COMMIT', 'COMMIT', 'ROLLBACK', 'checkpoint', 'scrub'),
})

test('a scrub leaves only zeros in the free space of all pages, after any writes, rollbacks and checkpoints', async (t) => {
  const folder = await emptyFolder(t)
  let run = 0
  fc.assert(
    fc.property(
      fc.constantFrom(512, 1024, 4096, 65_536),
      fc.array(step, { minLength: 50, maxLength: 300 }),
      (pageSize, steps) => {
        using fixture = new ScrubbedDatabase(join(folder, `${run++}.db`), pageSize)
        const { database, scrub } = fixture
        // The WAL restarts after some pages, and a transaction may exceed the page cache.
        database.exec('PRAGMA wal_autocheckpoint = 20; PRAGMA cache_size = 10')
        fixture.scrubAll()
        const write = database.prepare('INSERT OR REPLACE INTO rows VALUES (?, ?)')
        const remove = database.prepare('DELETE FROM rows WHERE key = ?')
        let committed: ReadonlyMap<number, string> = new Map()
        let pending = new Map(committed)
        const end = (how: 'COMMIT' | 'ROLLBACK') => {
          if (database.isTransaction) database.exec(how)
          scrub.recordCommit()
          if (how === 'COMMIT') committed = pending
          pending = new Map(committed)
        }
        for (const [index, { does, key, length, ends }] of steps.entries()) {
          if (!database.isTransaction) database.exec('BEGIN')
          if (does === 'delete') {
            remove.run(key)
            pending.delete(key)
          } else {
            write.run(key, canary(index).repeat(1 + length / 10))
            pending.set(key, canary(index))
          }
          if (ends) end(ends === 'ROLLBACK' ? 'ROLLBACK' : 'COMMIT')
          if (ends === 'checkpoint') database.exec('PRAGMA wal_checkpoint')
          if (ends === 'scrub') fixture.scrubAll()
        }
        end('COMMIT')
        fixture.scrubAll()
        assertFreeSpansZeroed(fixture.path, pageSize)
        const present = new Set(committed.values())
        for (const index of steps.keys())
          assert.equal(fixture.contains(canary(index)), present.has(canary(index)), canary(index))
        const rows = database.prepare('SELECT key, text FROM rows ORDER BY key').all()
        assert.deepEqual(
          rows.map(({ key, text }) => [key, `${text}`.slice(0, `${text}`.indexOf('>') + 1)]),
          [...committed].sort(([a], [b]) => a - b),
        )
        assert.equal(database.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok')
      },
    ),
    { numRuns: 30, endOnFailure: true },
  )
})

test('a scrub damages nothing that other processes write and read in the meantime', async (t) => {
  const path = await createPlantedDatabase(t)
  const writes = (from: number) => `
    const { DatabaseSync } = require('node:sqlite')
    const database = new DatabaseSync(${JSON.stringify(path)}, { timeout: 30000 })
    database.exec('PRAGMA secure_delete = ON; PRAGMA synchronous = OFF')
    const insert = database.prepare('INSERT INTO rows VALUES (?, ?)')
    for (let key = ${from}; key < ${from} + 4000; key += 2) {
      insert.run(key, String(key).repeat(key % 100))
      if (key % 5 === 0) database.prepare('DELETE FROM rows WHERE key = ?').run(key)
      if (key % 7 === 0) database.prepare('SELECT sum(length(text)) FROM rows').get()
    }
    database.close()`
  using fixture = new ScrubbedDatabase(path)
  let running = true
  const otherProcesses = Promise.all(
    [10, 11].map((from) => execute(process.execPath, ['-e', writes(from)], { timeout: 60_000 })),
  ).finally(() => {
    running = false
  })
  let done = 0
  while (running) {
    if (fixture.scrub.step() !== 'busy') done++
    await new Promise(setImmediate)
  }
  await otherProcesses
  assert.ok(done > 0)
  fixture.scrubAll()
  assertFreeSpansZeroed(path, 4096)
  const keys = Array.from({ length: 4000 }, (_, index) => 10 + index).filter((key) => key % 5 !== 0)
  const rows = fixture.database.prepare('SELECT key, text FROM rows WHERE key >= 10').all()
  assert.deepEqual(
    rows.map(({ key, text }) => [key, text]),
    keys.map((key) => [key, String(key).repeat(key % 100)]),
  )
  assert.equal(fixture.database.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok')
})
