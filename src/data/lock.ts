import { type BigIntStats, statSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { Clock } from '../chat/ports/clock.ts'
import { UnusableResource } from '../chat/unusable-resource.ts'
import { FolderInUse } from './folder-in-use.ts'

/** Two processes that start at the same moment can block each other this long; one of them gets the lock. */
const LOCK_TIMEOUT_MS = 500

/** SQLite's result code if another process holds the lock: https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5

/** The content of `lock.txt`: `process 4242 on box since 2026-11-22T17:00:00.000Z` */
const HOLDER_PATTERN = /^process \d+ on \S+ since [\w:.-]+$/

/** The file that is locked. A folder that a server has used has one. */
export function lockPath(folder: string): string {
  return join(folder, 'lock.db')
}

/**
 * The lock that gives a folder to one process. It is SQLite's lock on a database that stays empty: a lock of the
 * operating system, which ends with the process, however that ends. Nothing else in this process may open the file of
 * the database.
 */
export class FolderLock {
  readonly #database: DatabaseSync
  readonly #holderFile: string

  readonly #path: string
  readonly #file: BigIntStats | undefined

  private constructor(database: DatabaseSync, holderFile: string, path: string) {
    this.#database = database
    this.#holderFile = holderFile
    this.#path = path
    this.#file = statSync(path, { bigint: true, throwIfNoEntry: false })
  }

  /** Whether the lock still holds for what is at the path. It does not if the folder was moved or replaced. */
  get isAttached(): boolean {
    const current = statSync(this.#path, { bigint: true, throwIfNoEntry: false })
    return current !== undefined && current.dev === this.#file?.dev && current.ino === this.#file.ino
  }

  /**
   * @throws FolderInUse if another process holds the lock; the message names that process if it is known
   * @throws UnusableResource if the folder can't be locked
   */
  static async acquire(folder: string, clock: Clock): Promise<FolderLock> {
    const holderFile = join(folder, 'lock.txt')
    const path = lockPath(folder)
    // Loaded on demand: most first runs have no data folder.
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
    let database: DatabaseSync | undefined
    try {
      database = new DatabaseSync(path, { timeout: LOCK_TIMEOUT_MS })
      // Nothing is ever written to the database: a journal file would only be litter.
      database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
      const since = new Date(clock.now()).toISOString()
      await writeFile(holderFile, `process ${process.pid} on ${hostname()} since ${since}\n`)
      return new FolderLock(database, holderFile, path)
    } catch (error) {
      database?.close()
      if (isDatabaseBusy(error))
        throw new FolderInUse(
          `Another Snug uses ${folder}${await describeHolder(holderFile)}. ${IN_USE_HINT}`,
        )
      const message = error instanceof Error ? error.message : String(error)
      throw new UnusableResource(`Can’t lock ${path}: ${message}.`)
    }
  }

  async release(): Promise<void> {
    if (!this.#database.isOpen) return
    // Else the file is that of another process, which uses another folder at the same path.
    if (this.isAttached) await rm(this.#holderFile, { force: true })
    this.#database.close()
  }
}

const IN_USE_HINT = 'Stop that one, or name another folder: --data FOLDER'

async function describeHolder(holderFile: string): Promise<string> {
  try {
    const text = (await readFile(holderFile, 'utf8')).trim()
    return HOLDER_PATTERN.test(text) ? `: ${text}` : ''
  } catch {
    // The folder is locked all the same; only the description is missing.
    return ''
  }
}

function isDatabaseBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}
