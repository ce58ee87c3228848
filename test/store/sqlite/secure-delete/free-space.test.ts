import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import fc from 'fast-check'
import { findFreeSpans, readLayout } from '../../../../src/store/sqlite/secure-delete/free-space.ts'
import { emptyFolder } from '../../../support/process/snug-process.ts'

const SIZES = [512, 1024, 4096, 8192, 65_536]

test('bytes that count as unused can be overwritten without a change to the database', async (t) => {
  const folder = await emptyFolder(t)
  const step = fc.record({
    does: fc.constantFrom('insert', 'insert', 'insert', 'update', 'delete'),
    key: fc.nat({ max: 300 }),
    length: fc.oneof(fc.nat({ max: 60 }), fc.nat({ max: 3000 })),
  })
  let run = 0
  let unused = 0
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...SIZES),
      fc.boolean(),
      fc.array(step, { minLength: 50, maxLength: 400 }),
      async (pageSize, secure, steps) => {
        const path = join(folder, `${run++}.db`)
        const database = new DatabaseSync(path)
        // Without secure_delete, free blocks and pages keep their old content.
        database.exec(`PRAGMA page_size = ${pageSize}; PRAGMA secure_delete = ${secure ? 'ON' : 'OFF'};
          PRAGMA journal_mode = WAL; CREATE TABLE rows (key INTEGER PRIMARY KEY, text TEXT);
          CREATE TABLE keyed (key TEXT PRIMARY KEY, text TEXT) WITHOUT ROWID;
          CREATE INDEX texts ON rows (text); BEGIN`)
        for (const { does, key, length } of steps) execute(database, does, key, `${key}`.repeat(length))
        database.exec('COMMIT')
        const before = contents(database)
        database.close()

        const bytes = await readFile(path)
        const layout = readLayout(bytes.subarray(0, 100), bytes.length)
        assert.deepEqual(layout, { pageSize, usableBytes: pageSize, pageCount: bytes.length / pageSize })
        for (let at = pageSize; at < bytes.length; at += pageSize) {
          const page = bytes.subarray(at, at + pageSize)
          for (const { start, end } of findFreeSpans(page, pageSize)) {
            unused += end - start
            page.fill('?', start, end)
          }
        }
        await writeFile(path, bytes)
        const after = new DatabaseSync(path)
        assert.deepEqual(after.prepare('PRAGMA integrity_check').all(), [{ integrity_check: 'ok' }].map(row))
        assert.deepEqual(contents(after), before)
        // The database can still be written.
        after.exec('BEGIN')
        for (const { does, key, length } of steps) execute(after, does, key + 100, `${key}`.repeat(length))
        after.exec('COMMIT')
        assert.deepEqual(after.prepare('PRAGMA integrity_check').all(), [{ integrity_check: 'ok' }].map(row))
        after.close()
      },
    ),
    { numRuns: 30, endOnFailure: true },
  )
  assert.ok(unused > 10_000)
})

function execute(database: DatabaseSync, does: string, key: number, text: string): void {
  const run = (sql: string, ...values: (number | string)[]) => database.prepare(sql).run(...values)
  switch (does) {
    case 'insert':
      run('INSERT OR REPLACE INTO rows VALUES (?, ?)', key, text)
      return void run('INSERT OR REPLACE INTO keyed VALUES (?, ?)', `${key}`, text)
    case 'update':
      run('UPDATE rows SET text = ? WHERE key = ?', text, key)
      return void run('UPDATE keyed SET text = ? WHERE key = ?', text, `${key}`)
    case 'delete':
      run('DELETE FROM rows WHERE key = ?', key)
      return void run('DELETE FROM keyed WHERE key = ?', `${key}`)
  }
}

function contents(database: DatabaseSync): unknown[] {
  return ['rows', 'keyed', 'rows INDEXED BY texts WHERE text > 0'].map((from) =>
    database.prepare(`SELECT * FROM ${from}`).all(),
  )
}

// Rows from SQLite have no prototype.
function row(values: object): object {
  return Object.assign(Object.create(null), values)
}

test('a page that belongs to no b-tree has no unused bytes', () => {
  const sizes = fc.constantFrom(...SIZES)
  const page = sizes.chain((size) => fc.uint8Array({ minLength: size, maxLength: size, size: 'max' }))
  fc.assert(
    fc.property(page, fc.constantFrom(0, 1, undefined), (bytes, first) => {
      if (first !== undefined) bytes[0] = first
      const spans = findFreeSpans(Buffer.from(bytes), bytes.length)
      if (first !== undefined) assert.deepEqual(spans, [], 'a page that begins with the number of another')
      // By chance it can look like a page of a b-tree. Then the spans are inside it and after its header.
      for (const { start, end } of spans) assert.ok(8 <= start && start < end && end <= bytes.length)
    }),
  )
})

/** A leaf with two cells and a freeblock. */
function leaf(): Buffer {
  const page = Buffer.alloc(512, '?')
  page.writeUInt8(13, 0)
  page.writeUInt16BE(440, 1)
  page.writeUInt16BE(2, 3)
  page.writeUInt16BE(400, 5)
  page.writeUInt16BE(400, 8)
  page.writeUInt16BE(480, 10)
  page.writeUInt16BE(0, 440)
  page.writeUInt16BE(40, 442)
  return page
}

test('the space before the cells and the insides of freeblocks are unused', () => {
  assert.deepEqual(findFreeSpans(leaf(), 512), [
    { start: 12, end: 400 },
    { start: 444, end: 480 },
  ])
})

test('a page that violates one rule of the format has no unused bytes', () => {
  const violations: readonly [string, at: number, value: number][] = [
    ['no cell begins before the cell area', 8, 399],
    ['no cell begins after the page', 10, 512],
    ['no cell begins in a freeblock', 10, 450],
    ['the cell area begins after the cell pointers', 5, 11],
    ['the cell area begins within the page', 5, 513],
    ['zero stands for the end of the largest page only', 5, 0],
    ['the cell pointers end before the cell area', 3, 300],
    ['no freeblock begins before the cell area', 1, 396],
    ['no freeblock begins after the page', 1, 510],
    ['no freeblock ends after the page', 442, 73],
    ['no freeblock is smaller than its header', 442, 3],
    ['the next freeblock comes later', 440, 440],
    ['there is space for a freeblock between two of them', 440, 483],
  ]
  for (const [rule, at, value] of violations) {
    const page = leaf()
    page.writeUInt16BE(value, at)
    assert.deepEqual(findFreeSpans(page, 512), [], rule)
  }
})

test('a file with an unexpected header is left alone', async (t) => {
  const path = join(await emptyFolder(t), 'a.db')
  const database = new DatabaseSync(path)
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE rows (text TEXT)')
  database.close()
  const header = (await readFile(path)).subarray(0, 100)
  assert.deepEqual(readLayout(header, 12_288), { pageSize: 4096, usableBytes: 4096, pageCount: 3 })
  assert.equal(readLayout(header, 4096 * 0x2000000), undefined, 'overflow pages could look like others')
  assert.equal(readLayout(header.subarray(0, 99), 12_288), undefined)
  const changes = { name: 0, 'page size': 16, 'writing version': 18, 'reading version': 19, auto_vacuum: 52 }
  for (const [what, at] of Object.entries(changes)) {
    const other = Buffer.from(header)
    other.writeUInt8(other.readUInt8(at) ^ 3, at)
    assert.equal(readLayout(other, 12_288), undefined, what)
  }
})
