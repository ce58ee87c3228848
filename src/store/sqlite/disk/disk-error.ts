import { closeSync, fdatasyncSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs'
import type { DiskRejection } from '../operation.ts'

/** SQLite's result codes, in the low byte of the extended ones: https://sqlite.org/rescode.html */
const SQLITE_READONLY = 8
const SQLITE_IOERR = 10
const SQLITE_FULL = 13
const SQLITE_CANTOPEN = 14

const NO_SPACE: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** Bytes of a trial: as many as a message of the largest size may need. */
const TRIAL_BYTES = 65_536

/** What keeps the disk from storing anything. */
export interface DiskTrouble {
  readonly rejection: DiskRejection
  /** The system's code where it is known, such as `EIO`; else that of SQLite. */
  readonly code: string
  /** What failed, for the log. */
  readonly detail: string
}

/** Whether an error concerns the disk, and not the operation that met it. */
export function isDiskError(error: unknown): boolean {
  return [SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN].includes(resultCode(error))
}

/**
 * Names the trouble behind an error of SQLite, which does not tell the system's code, by a trial on the same disk.
 * @param path of the database
 * @returns undefined if the error is not the disk's
 */
export function diskTroubleOf(error: unknown, path: string): DiskTrouble | undefined {
  if (!isDiskError(error)) return undefined
  const detail = error instanceof Error ? error.message : String(error)
  const sqliteCode = `SQLite ${error instanceof Error && 'errcode' in error ? error.errcode : ''}`
  const trouble = tryDisk(path)
  if (resultCode(error) === SQLITE_FULL) return { rejection: 'full', code: 'ENOSPC', detail }
  if (trouble) return { ...trouble, detail }
  const rejection = resultCode(error) === SQLITE_READONLY ? 'read-only' : 'disk-error'
  return { rejection, code: sqliteCode, detail }
}

/**
 * Writes and syncs a small file beside the database.
 * @returns why that failed
 */
export function tryDisk(path: string): DiskTrouble | undefined {
  const trial = `${path}-trial`
  let file: number | undefined
  try {
    file = openSync(trial, 'w', 0o600)
    writeSync(file, Buffer.alloc(TRIAL_BYTES), 0, TRIAL_BYTES, 0)
    fdatasyncSync(file)
    fsyncSync(file)
    return undefined
  } catch (error) {
    return toTrouble(error)
  } finally {
    if (file !== undefined) closeSync(file)
    removeIfPossible(trial)
  }
}

function toTrouble(error: unknown): DiskTrouble {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  const rejection = NO_SPACE.has(code) ? 'full' : code === 'EROFS' ? 'read-only' : 'disk-error'
  return { rejection, code, detail: error instanceof Error ? error.message : String(error) }
}

function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // A disk that can only be read also keeps the file. The next trial writes to it again.
  }
}

function resultCode(error: unknown): number {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0
}
