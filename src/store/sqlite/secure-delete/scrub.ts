import { fstatSync, fsyncSync, readSync, statSync, writeSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { truncateWal, withoutBusyTimeout } from '../open-database.ts'
import { readPragma } from '../schema.ts'
import { findFreeSpans, HEADER_BYTES, type Layout, readLayout } from './free-space.ts'
import { PageSet } from './page-set.ts'
import { WalPages } from './wal-pages.ts'

/** Bytes that one step reads. A post may wait some milliseconds for it. */
export const STEP_BYTES = 1 << 20

const ZEROS = Buffer.alloc(65_536)

/** `more`: pages are left. `busy`: another connection reads or writes the database, so try again later. */
export type ScrubResult = 'done' | 'more' | 'busy'

/**
 * Overwrites the free space in the pages of the database with zeros. SQLite's `secure_delete` zeroes deleted rows. But
 * when SQLite moves rows from page to page, to balance a tree, copies of them remain in free space and are not zeroed
 * when the rows are deleted.
 *
 * Only a page that was written can contain such a copy. A scrub therefore reads the pages that the write-ahead log
 * (WAL) has received since the last scrub. It reads all pages if those are unknown, as at the start.
 */
export class Scrub {
  readonly #database: DatabaseSync
  readonly #path: string
  readonly #file: number
  readonly #walPages: WalPages
  readonly #pagesToScrub = new PageSet()
  // Changes whenever another connection commits: https://sqlite.org/pragma.html#pragma_data_version
  // Undefined if the written pages are unknown.
  #version: number | undefined

  /**
   * @param database the connection that writes
   * @param path of the database
   * @param file a descriptor of its file. Closing it drops SQLite's locks on the file for all connections of this
   *   process (https://sqlite.org/howtocorrupt.html section 2.2).
   */
  constructor(database: DatabaseSync, path: string, file: number) {
    this.#database = database
    this.#path = path
    this.#file = file
    this.#walPages = new WalPages(path)
  }

  /** Must be called after each commit. */
  recordCommit(): void {
    // All pages will be read. Before the WAL is emptied, it may also contain rolled back pages.
    if (this.#version === undefined) return
    try {
      for (const page of this.#walPages.readNewPages()) this.#pagesToScrub.add(page)
    } catch {
      this.suspectAllPages()
    }
  }

  /** Must be called if a commit may or may not be stored. */
  suspectAllPages(): void {
    this.#version = undefined
  }

  /**
   * Scrubs some pages. Empties the WAL first: while it is empty and this connection holds the write lock, nobody else
   * writes to the file.
   */
  step(): ScrubResult {
    if (!truncateWal(this.#database)) return 'busy'
    return withoutBusyTimeout(this.#database, () => {
      if (!this.#begin()) return 'busy'
      try {
        return this.#isWalEmpty() ? this.#scrub() : 'busy'
      } catch {
        this.suspectAllPages()
        return 'busy'
      } finally {
        this.#end()
      }
    })
  }

  #begin(): boolean {
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      return true
    } catch {
      return false
    }
  }

  #end(): void {
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
  }

  // The file exists as long as a connection is open.
  #isWalEmpty(): boolean {
    return statSync(`${this.#path}-wal`, { throwIfNoEntry: false })?.size === 0
  }

  #scrub(): ScrubResult {
    const layout = this.#layout()
    if (!layout) return 'done'
    const version = readPragma(this.#database, 'data_version')
    if (version !== this.#version) this.#pagesToScrub.addThrough(layout.pageCount)
    this.#version = version
    const max = Math.ceil(STEP_BYTES / layout.pageSize)
    const pages = this.#pagesToScrub.take(max)
    const zeroed = pages.filter((page) => this.#scrubPage(page, layout)).length
    if (zeroed > 0) this.#flush()
    return pages.length < max ? 'done' : 'more'
  }

  // Also undefined if the open file is no longer the one at the path.
  #layout(): Layout | undefined {
    const { size, dev, ino } = fstatSync(this.#file)
    const current = statSync(this.#path)
    if (current.dev !== dev || current.ino !== ino) return undefined
    const header = Buffer.alloc(HEADER_BYTES)
    readSync(this.#file, header, 0, HEADER_BYTES, 0)
    return readLayout(header, size)
  }

  // The first page contains only the schema. Only free space is overwritten, so the page stays valid even if the
  // process dies during the write.
  #scrubPage(number: number, { pageSize, usableBytes, pageCount }: Layout): boolean {
    if (number <= 1 || number > pageCount) return false
    const at = (number - 1) * pageSize
    const page = Buffer.alloc(pageSize)
    if (readSync(this.#file, page, 0, pageSize, at) < pageSize) return false
    const dirty = findFreeSpans(page, usableBytes).filter(
      ({ start, end }) => !page.subarray(start, end).equals(ZEROS.subarray(0, end - start)),
    )
    for (const { start, end } of dirty) writeSync(this.#file, ZEROS, 0, end - start, at + start)
    return dirty.length > 0
  }

  // No connection may write the old bytes back from its page cache.
  #flush(): void {
    fsyncSync(this.#file)
    try {
      // Any commit makes the other connections drop their caches. This connection drops its own below.
      this.#database.exec(`PRAGMA user_version = ${readPragma(this.#database, 'user_version')}; COMMIT`)
    } finally {
      this.#end()
      this.#database.exec('PRAGMA shrink_memory')
    }
  }
}
