import { closeSync, openSync, readSync } from 'node:fs'

/** https://sqlite.org/fileformat2.html#walformat */
const WAL_HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24

/**
 * Finds the pages that were written to SQLite's write-ahead log. SQLite takes no locks on that file itself, so it can
 * be opened and closed at any time.
 */
export class WalPages {
  readonly #path: string
  // SQLite changes the salts each time it restarts the log.
  #salts = Buffer.alloc(8)
  // The end of the last commit that was read.
  #nextOffset = WAL_HEADER_BYTES

  /** @param path of the database */
  constructor(path: string) {
    this.#path = `${path}-wal`
  }

  /**
   * Reads the numbers of the pages that were written since the last call. It misses none if it is called after each
   * commit of the only connection that writes.
   */
  readNewPages(): number[] {
    const file = openSync(this.#path, 'r')
    try {
      return this.#read(file)
    } finally {
      closeSync(file)
    }
  }

  #read(file: number): number[] {
    const header = Buffer.alloc(WAL_HEADER_BYTES)
    if (readSync(file, header, 0, WAL_HEADER_BYTES, 0) < WAL_HEADER_BYTES) return []
    const size = FRAME_HEADER_BYTES + header.readUInt32BE(8)
    const salts = header.subarray(16, 24)
    if (!salts.equals(this.#salts)) {
      this.#salts = salts
      this.#nextOffset = WAL_HEADER_BYTES
    }
    const pages: number[] = []
    const frame = Buffer.alloc(FRAME_HEADER_BYTES)
    for (
      let at = this.#nextOffset;
      readSync(file, frame, 0, FRAME_HEADER_BYTES, at) === FRAME_HEADER_BYTES;
    ) {
      // This frame remains of an earlier log, which was longer.
      if (!frame.subarray(8, 16).equals(salts)) break
      pages.push(frame.readUInt32BE(0))
      at += size
      // The last frame of a commit has the size of the database. Frames that were rolled back will be overwritten.
      if (frame.readUInt32BE(4) > 0) this.#nextOffset = at
    }
    return pages
  }
}
