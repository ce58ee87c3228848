import { readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { Clock } from '../chat/ports/clock.ts'
import { Unusable } from '../chat/unusable-resource.ts'
import { InUse } from './folder-in-use.ts'

/** Two who start in one moment can hinder each other for as long; one of them gets the lock. */
const PATIENCE_MS = 500

/** SQLite’s result code for a lock that another holds: https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5

/** `process 4242 on box since 2026-11-22T17:00:00.000Z` */
const HOLDER = /^process \d+ on \S+ since [\w:.-]+$/

/**
 * A folder that belongs to one process. What is held is SQLite's lock on a database that stays empty: the system's own,
 * so that it ends with the process, however that ends. Nothing else may open the database's file in this process.
 */
export class Lock {
  readonly #database: DatabaseSync
  readonly #holder: string

  private constructor(database: DatabaseSync, holder: string) {
    this.#database = database
    this.#holder = holder
  }

  /** @throws Unusable when another process holds the lock, named where it can be, or the folder takes none */
  static async take(folder: string, clock: Clock): Promise<Lock> {
    const holder = join(folder, 'lock.txt')
    const path = join(folder, 'lock.db')
    // Loaded only here: most who try Snug have no data folder.
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
    let database: DatabaseSync | undefined
    try {
      database = new DatabaseSync(path, { timeout: PATIENCE_MS })
      // Nothing is ever written: a journal’s file would only lie about.
      database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
      const since = new Date(clock.now()).toISOString()
      await writeFile(holder, `process ${process.pid} on ${hostname()} since ${since}\n`)
      return new Lock(database, holder)
    } catch (error) {
      database?.close()
      if (isBusy(error)) throw new InUse(`Another Snug uses ${folder}${await name(holder)}. ${WAY_OUT}`)
      const message = error instanceof Error ? error.message : String(error)
      throw new Unusable(`Can’t lock ${path}: ${message}.`)
    }
  }

  async release(): Promise<void> {
    if (!this.#database.isOpen) return
    await rm(this.#holder, { force: true })
    this.#database.close()
  }
}

const WAY_OUT = 'Stop that one, or name another folder: --data FOLDER'

async function name(holder: string): Promise<string> {
  try {
    const text = (await readFile(holder, 'utf8')).trim()
    return HOLDER.test(text) ? `: ${text}` : ''
  } catch {
    // Only the name is missing; the lock is another's all the same.
    return ''
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}
