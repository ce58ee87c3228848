import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import fc from 'fast-check'
import { WalPages } from '../../../../src/store/sqlite/secure-delete/wal-pages.ts'
import { emptyFolder } from '../../../support/process/snug-process.ts'

const PAGE_BYTES = 512

test('every page with new committed content is reported, after any rollbacks and restarts of the log', async (t) => {
  const folder = await emptyFolder(t)
  const transaction = fc.record({
    keys: fc.array(fc.nat({ max: 60 }), { minLength: 1, maxLength: 30 }),
    ends: fc.constantFrom('COMMIT', 'COMMIT', 'ROLLBACK'),
    next: fc.constantFrom(undefined, undefined, 'PRAGMA wal_checkpoint', 'PRAGMA wal_checkpoint(TRUNCATE)'),
  })
  let run = 0
  fc.assert(
    fc.property(fc.array(transaction, { minLength: 5, maxLength: 40 }), (transactions) => {
      const path = join(folder, `${run++}.db`)
      using database = new DatabaseSync(path)
      // Pages that exceed this small cache are in the log before they are committed.
      database.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
        PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = 5; PRAGMA cache_spill = 5;
        CREATE TABLE rows (key INTEGER PRIMARY KEY, text TEXT)`)
      for (let key = 0; key <= 60; key++)
        database.prepare('INSERT INTO rows VALUES (?, ?)').run(key, 'x'.repeat(400))
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      const before = readFileSync(path)
      const walPages = new WalPages(path)
      assert.deepEqual(walPages.readNewPages(), [])
      const reported = new Set<number>()
      for (const [index, { keys, ends, next }] of transactions.entries()) {
        database.exec('BEGIN')
        for (const key of keys)
          database.prepare('UPDATE rows SET text = ? WHERE key = ?').run(`${index}`.padEnd(400, '.'), key)
        database.exec(ends)
        for (const page of walPages.readNewPages()) reported.add(page)
        if (next) database.exec(next)
      }
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      const after = readFileSync(path)
      const unreported = Array.from({ length: after.length / PAGE_BYTES }, (_, index) => index + 1).filter(
        (page) => {
          const [start, end] = [(page - 1) * PAGE_BYTES, page * PAGE_BYTES]
          return !reported.has(page) && !before.subarray(start, end).equals(after.subarray(start, end))
        },
      )
      assert.deepEqual(unreported, [])
    }),
  )
})

test('a page is reported once after each write', async (t) => {
  const path = join(await emptyFolder(t), 'a.db')
  using database = new DatabaseSync(path)
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE rows (text TEXT)')
  const walPages = new WalPages(path)
  assert.deepEqual(walPages.readNewPages(), [1, 2])
  assert.deepEqual(walPages.readNewPages(), [])
  database.exec("INSERT INTO rows VALUES ('one')")
  assert.deepEqual(walPages.readNewPages(), [2])
})
