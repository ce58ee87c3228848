import assert from 'node:assert/strict'
import { closeSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'
import { openDatabaseFile } from '../../../src/store/sqlite/open-database.ts'
import { findFreeSpans } from '../../../src/store/sqlite/secure-delete/free-space.ts'
import { Scrub } from '../../../src/store/sqlite/secure-delete/scrub.ts'
import { emptyFolder } from '../process/snug-process.ts'
import { plantInFreeSpan } from './plant-in-free-span.ts'

/** A database with its scrub. */
export class ScrubbedDatabase implements Disposable {
  readonly path: string
  readonly database: DatabaseSync
  readonly scrub: Scrub
  readonly #file: number

  constructor(path: string, pageSize = 4096) {
    this.path = path
    this.#file = openDatabaseFile(path)
    this.database = new DatabaseSync(path)
    this.database.exec(`PRAGMA page_size = ${pageSize}; PRAGMA journal_mode = WAL; PRAGMA secure_delete = ON;
      PRAGMA synchronous = OFF; CREATE TABLE IF NOT EXISTS rows (key INTEGER PRIMARY KEY, text TEXT) WITHOUT ROWID`)
    this.scrub = new Scrub(this.database, path, this.#file)
  }

  /** Runs the scrub until nothing is left to do. */
  scrubAll(): void {
    let result = this.scrub.step()
    while (result === 'more') result = this.scrub.step()
    assert.equal(result, 'done')
  }

  insert(key: number, text: string): void {
    this.database.prepare('INSERT INTO rows VALUES (?, ?)').run(key, text)
    this.scrub.recordCommit()
  }

  contains(text: string): boolean {
    return ['', '-wal'].some((end) => readFileSync(this.path + end).includes(text))
  }

  [Symbol.dispose](): void {
    this.database.close()
    closeSync(this.#file)
  }
}

/** Makes a database whose second page has a row, and a free span that contains a text. */
export async function createPlantedDatabase(t: TestContext): Promise<string> {
  const path = join(await emptyFolder(t), 'a.db')
  {
    using database = new ScrubbedDatabase(path)
    database.insert(1, 'one')
  }
  plantInFreeSpan(path, 2, 'canary')
  return path
}

/** Fails unless every free span of every page contains only zeros. */
export function assertFreeSpansZeroed(path: string, pageSize: number): void {
  const bytes = readFileSync(path)
  for (let at = pageSize; at < bytes.length; at += pageSize) {
    const page = bytes.subarray(at, at + pageSize)
    for (const { start, end } of findFreeSpans(page, pageSize))
      assert.ok(
        page.subarray(start, end).every((byte) => byte === 0),
        `page ${at / pageSize + 1}`,
      )
  }
}
