import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** Free space that is left on the disk: for the write-ahead log, for deletions, and for everything else on it. */
const FREE_MAX_BYTES = 256 * 1024 * 1024

/** The same as a share, for small disks. */
const FREE_SHARE = 0.05

/** What a row takes besides its text: its other columns, and its entries in the indexes. */
const ROW_BYTES = 512

/** The code of the trouble that the database has reached its bound. The server goes on serving everything else. */
export const BOUND_CODE = '--max-data'

/** Bounds what the writer adds to the database, before SQLite or the disk does. */
export interface SpaceLimit {
  /** Looks how much is left; called before each commit. */
  measure(): void
  /** Takes the space of a row with this text. @returns false if that much is not left */
  take(text: string): boolean
  /** Why something was refused since the last look. */
  readonly shortage: SpaceShortage | undefined
}

/** What has no space left. */
export interface SpaceShortage {
  /** The system's code for a full disk, or the flag that bounds the database. */
  readonly code: 'ENOSPC' | typeof BOUND_CODE
  /** For the log. */
  readonly detail: string
}

export const UNLIMITED_SPACE: SpaceLimit = { measure: () => {}, take: () => true, shortage: undefined }

/**
 * Keeps the database below a size, and some space of its disk free. Space of deleted rows is used again.
 * @param path of the database
 * @param maxBytes of the database without its write-ahead log; undefined: as much as the disk has
 */
export function limitSpace(database: DatabaseSync, path: string, maxBytes: number | undefined): SpaceLimit {
  const folder = dirname(path)
  const read = (statement: StatementSync) => Number(Object.values(statement.get() ?? {})[0])
  const pageBytes = read(database.prepare('PRAGMA page_size'))
  const pages = database.prepare('PRAGMA page_count')
  const freePages = database.prepare('PRAGMA freelist_count')
  let [onDisk, inDatabase] = [0, 0]
  let shortage: SpaceShortage | undefined
  return {
    measure() {
      const { bavail, blocks, bsize } = statfsSync(folder)
      const kept = Math.min(FREE_MAX_BYTES, blocks * bsize * FREE_SHARE)
      const used = (read(pages) - read(freePages)) * pageBytes
      onDisk = bavail * bsize - kept
      inDatabase = (maxBytes ?? Number.POSITIVE_INFINITY) - used
      shortage = undefined
    },
    take(text) {
      const bytes = ROW_BYTES + Buffer.byteLength(text)
      if (bytes > onDisk) shortage = { code: 'ENOSPC', detail: `the disk of ${folder} is full` }
      else if (bytes > inDatabase)
        shortage = { code: BOUND_CODE, detail: 'the database is as large as it may be' }
      else {
        onDisk -= bytes
        inDatabase -= bytes
        return true
      }
      return false
    },
    get shortage() {
      return shortage
    },
  }
}
