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

/** How long to wait for another connection that is writing, such as an SQLite shell. */
const BUSY_TIMEOUT_MS = 5000

/** Its offset in the header of the file: https://sqlite.org/fileformat2.html#application_id */
const APPLICATION_ID_AT = 68

/** SQLite's result codes: https://sqlite.org/rescode.html */
const SQLITE_CORRUPT = 11
const SQLITE_NOTADB = 26

/**
 * Opens the database for writing, and creates it if necessary. Commits reach the disk, and deleted data is removed from
 * the file.
 * @param now milliseconds since 1970
 * @throws UnusableDatabase if that can't be guaranteed
 */
export function openForWriting(path: string, now: number): DatabaseSync {
  // Loaded only when needed: most people who try Snug keep nothing.
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  let database: DatabaseSync | undefined
  try {
    ensurePrivateFile(path)
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
    // Checked before anything is written, because the file may belong to another program.
    readSchemaVersion(database)
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON')
    assertPragma(database, 'journal_mode', 'wal')
    assertPragma(database, 'synchronous', 2)
    assertPragma(database, 'secure_delete', 1)
    migrate(database)
    // The new application id must be in the file, not only in the WAL: it tells a copy from a database in use.
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
 * Empties the write-ahead log (WAL), which may still contain text that is already deleted from the file.
 * @returns false if it can't be emptied now: a reader, such as a backup, may still need it
 */
export function truncateWal(database: DatabaseSync): boolean {
  return withoutBusyTimeout(database, () => {
    try {
      return database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy === 0
    } catch {
      // The disk may be full. The content of the WAL stays safe.
      return false
    }
  })
}

/** Runs statements that fail at once, instead of waiting, if another connection holds a lock. */
export function withoutBusyTimeout<Result>(database: DatabaseSync, run: () => Result): Result {
  database.exec('PRAGMA busy_timeout = 0')
  try {
    return run()
  } finally {
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
  }
}

/**
 * Opens the file of the database without SQLite, and creates it if necessary. The descriptor must stay open as long as
 * any connection of this process: closing it drops the locks of all of them without SQLite noticing, and another
 * process could then delete the WAL that they use (https://sqlite.org/howtocorrupt.html section 2.2).
 * @returns the file descriptor
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
 * Rejects a restored copy that still lies beside the WAL of the database it replaced: SQLite would read both as one.
 * For commands, which read a database that no server may have opened yet.
 * @throws UnusableDatabase
 */
export function assertOwnWal(path: string): void {
  const realPath = realpathSync(path)
  const file = openSync(realPath, 'r')
  const isCopy = readApplicationId(file) === COPY_ID
  closeSync(file)
  if (isCopy && (statSync(`${realPath}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0)
    throw UnusableDatabase.of(
      path,
      'was put in place of another one, whose write-ahead log is still there. Start Snug with it once first.',
    )
}

/**
 * Deletes the WAL beside a restored copy. A copy has none of its own: the WAL belongs to the database that it replaced,
 * after a crash, and SQLite would write its pages over the copy. Nothing is lost, because nothing is acknowledged
 * before the first start with the copy is complete.
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

// SQLite gives its other files the mode of this one. An existing file is not opened here, because closing it would drop
// locks: see `openDatabaseFile`.
function ensurePrivateFile(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) accessSync(path, constants.R_OK | constants.W_OK)
  else closeSync(openSync(path, 'a', 0o600))
  if (process.platform !== 'win32') chmodSync(path, 0o600)
}

function assertPragma(database: DatabaseSync, name: string, expected: string | number): void {
  const actual = typeof expected === 'number' ? readPragma(database, name) : readTextPragma(database, name)
  if (actual !== expected) {
    throw UnusableDatabase.of(
      database.location() ?? '',
      `can’t be kept safely here: SQLite says ${name} is ${actual}, not ${expected}.`,
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
