import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  openSync,
  readSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { describeSystemError } from '../../chat/unusable-resource.ts'
import { beginEpochs } from './epochs.ts'
import { COPY_ID, migrate, readPragma, readSchemaVersion, UnusableDatabase } from './schema.ts'

/** Another connection may write for a moment: somebody's SQLite shell. */
const BUSY_TIMEOUT_MS = 5000

/** In the file's header: https://sqlite.org/fileformat2.html#application_id */
const APPLICATION_ID_AT = 68

/** SQLite's result codes: https://sqlite.org/rescode.html */
const SQLITE_CORRUPT = 11
const SQLITE_NOTADB = 26

/**
 * Opens the database for writing: what is committed is on the disk, what is deleted is gone from the file.
 * @param now milliseconds since 1970
 * @throws UnusableDatabase where it can't be had so
 */
export function openForWriting(path: string, now: number): DatabaseSync {
  // Loaded only here: most who try Snug keep nothing.
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  let database: DatabaseSync | undefined
  try {
    ensurePrivateFile(path)
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
    // Before anything is written: it may be another program's.
    readSchemaVersion(database)
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON')
    assertPragma(database, 'journal_mode', 'wal')
    assertPragma(database, 'synchronous', 2)
    assertPragma(database, 'secure_delete', 1)
    migrate(database)
    // In the file itself, and not in a log alone: by that a copy is told from a database in use.
    if (beginEpochs(database, now) && !truncateWal(database))
      throw UnusableDatabase.of(path, 'is being read by another program. Start Snug again when that is done.')
    return database
  } catch (error) {
    database?.close()
    throw toUnusableDatabase(error, path, 'writing')
  }
}

/** @throws UnusableDatabase */
export function openForReading(path: string): DatabaseSync {
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
    readSchemaVersion(database)
    return database
  } catch (error) {
    database?.close()
    throw toUnusableDatabase(error, path, 'reading')
  }
}

/**
 * Deleted text is gone from the file at once, and from the log that stands before it with this.
 * @returns whether it could be done at once: a reader, such as a backup, may still need the log
 */
export function truncateWal(database: DatabaseSync): boolean {
  return withoutBusyTimeout(database, () => {
    try {
      return database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy === 0
    } catch {
      // The disk may be full: what is in the log is no less safe there.
      return false
    }
  })
}

/** Whatever another connection holds is busy at once. */
export function withoutBusyTimeout<Result>(database: DatabaseSync, run: () => Result): Result {
  database.exec('PRAGMA busy_timeout = 0')
  try {
    return run()
  } finally {
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
  }
}

/**
 * Opens the database's file itself, and makes it where there is none. It must stay open as long as any connection of
 * this process: closing it ends the locks of them all, unknown to SQLite, and then another process may take the log
 * away from under them (https://sqlite.org/howtocorrupt.html section 2.2).
 * @throws UnusableDatabase
 */
export function openDatabaseFile(path: string): number {
  let file: number | undefined
  try {
    file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600)
    deleteForeignWal(realpathSync(path), file)
    return file
  } catch (error) {
    if (file !== undefined) closeSync(file)
    throw toUnusableDatabase(error, path, 'writing')
  }
}

/**
 * For commands that read while no server need run. A copy and another's log would be read as one.
 * @throws UnusableDatabase
 */
export function assertOwnWal(path: string): void {
  const real = realpathSync(path)
  const file = openSync(real, 'r')
  const isCopy = readApplicationId(file) === COPY_ID
  closeSync(file)
  if (isCopy && (statSync(`${real}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0)
    throw UnusableDatabase.of(
      path,
      'was put in place of another, whose log is still there. Start Snug with it once first.',
    )
}

/**
 * A copy that was just put in place has no log: what lies beside it is another database's, after a crash, and SQLite
 * would write what is in that over the copy. Until the first start with it is over, nothing is promised that a log
 * could hold.
 */
function deleteForeignWal(path: string, file: number): void {
  if (readApplicationId(file) !== COPY_ID) return
  for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true })
}

function readApplicationId(file: number): number {
  const id = Buffer.alloc(4)
  readSync(file, id, 0, id.length, APPLICATION_ID_AT)
  return id.readUInt32BE()
}

// SQLite gives its other files the mode of this one. What is there is never opened for that: see above.
function ensurePrivateFile(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) accessSync(path, constants.R_OK | constants.W_OK)
  else closeSync(openSync(path, 'a', 0o600))
  if (process.platform !== 'win32') chmodSync(path, 0o600)
}

function assertPragma(database: DatabaseSync, name: string, wanted: string | number): void {
  const found = typeof wanted === 'number' ? readPragma(database, name) : readTextPragma(database, name)
  if (found !== wanted) {
    throw UnusableDatabase.of(
      database.location() ?? '',
      `can’t be kept safely here: SQLite says ${name} is ${found}, not ${wanted}.`,
    )
  }
}

function readTextPragma(database: DatabaseSync, name: string): string {
  return String(database.prepare(`PRAGMA ${name}`).get()?.[name])
}

function toUnusableDatabase(error: unknown, path: string, use: 'reading' | 'writing'): UnusableDatabase {
  if (error instanceof UnusableDatabase) return error
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0
  if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) {
    return UnusableDatabase.of(
      path,
      `is damaged: ${describeSystemError(error)}. Restore it from a backup, or move it away.`,
    )
  }
  return UnusableDatabase.of(
    path,
    `can’t be opened for ${use}: ${describeSystemError(error)}. It must belong to the user who runs Snug.`,
  )
}
