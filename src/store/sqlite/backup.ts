import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { describeSystemError } from '../../chat/unusable-resource.ts'
import { assertOwnWal, openForReading } from './open-database.ts'
import { COPY_ID, readSchemaVersion, UnusableDatabase } from './schema.ts'
import { RowSweeper } from './sweep.ts'

/** Rows that are deleted from a copy at once: some ten megabytes. */
const SLICE_ROWS = 20_000

/**
 * Writes a consistent copy of the database to a new file, even while a server writes. The copy contains no deleted
 * text, and none that should be deleted: the server deletes the messages of a deleted room, and those that have expired
 * or are too many, only step by step. It is marked as a copy, so that each room begins a new epoch when it is restored.
 * @param now milliseconds since 1970
 * @throws UnusableDatabase if the database can't be read; Error, with a sentence, if the copy can't be written
 */
export function copyDatabase(from: string, to: string, now: number): void {
  if (existsSync(to)) throw new Error(`${to} already exists and is left as it is: name another file.`)
  const [raw, unfinished] = [`${to}.unfinished-raw`, `${to}.unfinished`]
  assertOwnWal(from)
  const source = openForReading(from)
  try {
    copyInto(source, unfinished)
    if (sweepAll(unfinished, now)) {
      // Deleted rows remain in free pages. Another copy has none of these.
      renameSync(unfinished, raw)
      copyFile(raw, unfinished)
    }
    markAsCopy(unfinished)
    fsyncPath(unfinished)
    // Unlike a rename, a link does not replace a file that appeared in the meantime.
    linkSync(unfinished, to)
    if (process.platform !== 'win32') fsyncPath(dirname(resolve(to)))
  } catch (error) {
    throw error instanceof UnusableDatabase
      ? error
      : new Error(`Can’t write ${to}: ${describeSystemError(error)}.`)
  } finally {
    source.close()
    for (const path of [raw, unfinished]) rmSync(path, { force: true })
  }
}

function copyInto(source: DatabaseSync, to: string): void {
  rmSync(to, { force: true })
  closeSync(openSync(to, 'wx', 0o600))
  source.prepare('VACUUM INTO ?').run(to)
}

function copyFile(from: string, to: string): void {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  const database = new DatabaseSync(from)
  try {
    copyInto(database, to)
  } finally {
    database.close()
  }
}

/**
 * Deletes what the server has not deleted yet.
 * @returns whether there was anything
 */
function sweepAll(path: string, now: number): boolean {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  const database = new DatabaseSync(path)
  try {
    // A journal would be another file with the deleted text. If this fails, the whole copy is thrown away.
    database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF')
    if (readSchemaVersion(database) === 0) return false
    const sweeper = new RowSweeper(database, SLICE_ROWS)
    database.exec('BEGIN')
    let deleted = 0
    for (let more = true; more; ) {
      const swept = sweeper.step(now)
      deleted += swept.deleted
      more = swept.more
    }
    database.exec('COMMIT')
    return deleted > 0
  } finally {
    database.close()
  }
}

function markAsCopy(path: string): void {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  const copy = new DatabaseSync(path)
  copy.exec(`PRAGMA journal_mode = DELETE; PRAGMA application_id = ${COPY_ID}`)
  copy.close()
}

function fsyncPath(path: string): void {
  const file = openSync(path, 'r')
  fsyncSync(file)
  closeSync(file)
}
