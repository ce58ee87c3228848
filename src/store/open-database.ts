import type { DatabaseSync } from 'node:sqlite'
import { migrate, UnusableDatabase } from './schema.ts'

/** Another connection may write for a moment: a backup, a checkpoint. */
const PATIENCE_MS = 5000

/**
 * Opens the database for writing: what is committed is on the disk, what is deleted is gone from the file.
 * @throws UnusableDatabase where it can't be had so
 */
export function openForWriting(path: string): DatabaseSync {
  // Loaded only here: most who try Snug keep nothing.
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  const database = new DatabaseSync(path, { timeout: PATIENCE_MS })
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON')
    expect(database, 'journal_mode', 'wal')
    expect(database, 'synchronous', 2)
    expect(database, 'secure_delete', 1)
    migrate(database)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

export function openForReading(path: string): DatabaseSync {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  return new DatabaseSync(path, { readOnly: true, timeout: PATIENCE_MS })
}

/** Deleted text is gone from the file at once, and from the log that stands before it with this. */
export function emptyLog(database: DatabaseSync): void {
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
}

function expect(database: DatabaseSync, pragma: string, wanted: string | number): void {
  const found = database.prepare(`PRAGMA ${pragma}`).get()?.[pragma]
  if (found !== wanted) {
    throw new UnusableDatabase(`can’t be kept safely here: SQLite says ${pragma} is ${found}, not ${wanted}.`)
  }
}
