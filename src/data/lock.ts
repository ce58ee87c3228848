import { readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { Clock } from '../chat/ports/clock.ts'
import { UnusableResource } from '../chat/unusable-resource.ts'
import { FolderInUse } from './folder-in-use.ts'

/** Two who start in one moment can hinder each other for as long; one of them gets the lock. */
const LOCK_TIMEOUT_MS = 500

/** SQLite’s result code for a lock that another holds: https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5

/** `process 4242 on box since 2026-11-22T17:00:00.000Z` */
const HOLDER_PATTERN = /^process \d+ on \S+ since [\w:.-]+$/

/**
 * A folder that belongs to one process. What is held is SQLite's lock on a database that stays empty: the system's own,
 * so that it ends with the process, however that ends. Nothing else may open the database's file in this process.
 */
export class FolderLock {
  readonly #database: DatabaseSync
  readonly #holderFile: string

  private constructor(database: DatabaseSync, holder: string) {
    this.#database = database
    this.#holderFile = holder
  }

  /** @throws Unusable when another process holds the lock, named where it can be, or the folder takes none */
  static async acquire(folder: string, clock: Clock): Promise<FolderLock> {
    const holder = join(folder, 'lock.txt')
    const path = join(folder, 'lock.db')
    // Loaded only here: most who try Snug have no data folder.
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
    let database: DatabaseSync | undefined
    try {
      database = new DatabaseSync(path, { timeout: LOCK_TIMEOUT_MS })
      // Nothing is ever written: a journal’s file would only lie about.
      database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
      const since = new Date(clock.now()).toISOString()
      await writeFile(holder, `process ${process.pid} on ${hostname()} since ${since}\n`)
      return new FolderLock(database, holder)
    } catch (error) {
      database?.close()
      if (isDatabaseBusy(error))
        throw new FolderInUse(`Another Snug uses ${folder}${await describeHolder(holder)}. ${IN_USE_HINT}`)
      const message = error instanceof Error ? error.message : String(error)
      throw new UnusableResource(`Can’t lock ${path}: ${message}.`)
    }
  }

  async release(): Promise<void> {
    if (!this.#database.isOpen) return
    await rm(this.#holderFile, { force: true })
    this.#database.close()
  }
}

const IN_USE_HINT = 'Stop that one, or name another folder: --data FOLDER'

async function describeHolder(holder: string): Promise<string> {
  try {
    const text = (await readFile(holder, 'utf8')).trim()
    return HOLDER_PATTERN.test(text) ? `: ${text}` : ''
  } catch {
    // Only the name is missing; the lock is another's all the same.
    return ''
  }
}

function isDatabaseBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}
