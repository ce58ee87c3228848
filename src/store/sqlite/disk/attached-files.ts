import { type BigIntStats, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { DiskTrouble } from './disk-error.ts'

/** Files of a process that must stay at their paths: what it writes to another file is lost at the next start. */
export class AttachedFiles {
  readonly #files = new Map<string, BigIntStats>()

  readonly #database: string

  /** Remembers the files that are at these paths now. */
  constructor(database: string, others: readonly string[]) {
    this.#database = database
    for (const path of [database, ...others]) this.#remember(path)
  }

  #remember(path: string): void {
    const stats = statIfExists(path)
    if (stats) this.#files.set(path, stats)
  }

  /**
   * Looks whether a file was removed, moved or replaced, which takes some microseconds each.
   * @returns undefined if all are where they were
   */
  findDetached(): DiskTrouble | undefined {
    for (const [path, { dev, ino }] of this.#files) {
      const current = statIfExists(path)
      // The first page of a database is never given back. The others may be empty, and the log is at times.
      const isEmptied = path === this.#database && current?.size === 0n
      if (current?.dev === dev && current.ino === ino && !isEmptied) continue
      const what = !current ? 'is gone' : isEmptied ? 'was emptied' : 'was replaced by another file'
      const detail = `${basename(path)} in ${dirname(path)} ${what}. Put it back, or start Snug again without it.`
      return { rejection: 'detached', code: current ? 'ESTALE' : 'ENOENT', detail }
    }
    return undefined
  }
}

// Windows keeps open files where they are, and its numbers of files need all 64 bits.
function statIfExists(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false })
  } catch {
    // A folder on the way is gone or closed to Snug.
    return undefined
  }
}
