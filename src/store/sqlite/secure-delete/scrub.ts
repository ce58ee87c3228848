import { fstatSync, fsyncSync, readSync, statSync, writeSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { truncateWal, withoutBusyTimeout } from '../open-database.ts'
import { readPragma } from '../schema.ts'
import { findFreeSpans, HEADER_BYTES, type Layout, readLayout } from './free-space.ts'
import { PageSet } from './page-set.ts'
import { WalPages } from './wal-pages.ts'

/** What one step reads: posts wait for it for some milliseconds. */
export const STEP_BYTES = 1 << 20

const ZEROS = Buffer.alloc(65_536)

/** `more` is left; `busy`: something reads or writes the database, so that it must be done later. */
export type ScrubResult = 'done' | 'more' | 'busy'

/**
 * Zeroes what is unused in the pages of the database. With secure_delete SQLite does so itself with what is deleted; but
 * where it moves rows from page to page, as it balances a tree, copies of them stay in the gaps, and of these nothing
 * is zeroed when the rows are deleted.
 *
 * Only pages that were written can have got such a copy: what is looked at is what was in the log since the last time,
 * and all pages where that isn't known, as at the start.
 */
export class Scrub {
  readonly #database: DatabaseSync
  readonly #path: string
  readonly #file: number
  readonly #walPages: WalPages
  readonly #pagesToScrub = new PageSet()
  // Another number whenever another connection has committed something; undefined: whatever was written, it is not
  // known where. https://sqlite.org/pragma.html#pragma_data_version
  #version: number | undefined

  /**
   * @param database the connection that writes
   * @param file its file, opened beside SQLite: as soon as it is closed, SQLite's locks on it are gone, of all
   *   connections of this process (https://sqlite.org/howtocorrupt.html section 2.2)
   */
  constructor(database: DatabaseSync, path: string, file: number) {
    this.#database = database
    this.#path = path
    this.#file = file
    this.#walPages = new WalPages(path)
  }

  /** To be called after each commit. */
  recordCommit(): void {
    // Before the log was emptied it can hold what was taken back.
    if (this.#version === undefined) return
    try {
      for (const page of this.#walPages.readNewPages()) this.#pagesToScrub.add(page)
    } catch {
      this.suspectAllPages()
    }
  }

  /** To be called where a commit may be stored or not. */
  suspectAllPages(): void {
    this.#version = undefined
  }

  /** Also empties the log: while it is empty and this connection alone may write, nobody writes to the file. */
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

  // While a connection is open there is one.
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

  // Undefined also where another file was put in place of the one that is open.
  #layout(): Layout | undefined {
    const { size, dev, ino } = fstatSync(this.#file)
    const there = statSync(this.#path)
    if (there.dev !== dev || there.ino !== ino) return undefined
    const header = Buffer.alloc(HEADER_BYTES)
    readSync(this.#file, header, 0, HEADER_BYTES, 0)
    return readLayout(header, size)
  }

  // The first page has the schema only. Never more than a gap is written: whatever ends that, the page is as sound as it
  // was.
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

  // What was in the gaps must not be written again from any connection's memory.
  #flush(): void {
    fsyncSync(this.#file)
    try {
      // Others forget their pages for any commit; this one for the asking.
      this.#database.exec(`PRAGMA user_version = ${readPragma(this.#database, 'user_version')}; COMMIT`)
    } finally {
      this.#end()
      this.#database.exec('PRAGMA shrink_memory')
    }
  }
}
