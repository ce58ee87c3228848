import { closeSync, openSync, readSync } from 'node:fs'

/** https://sqlite.org/fileformat2.html#walformat */
const WAL_HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24

/** Which pages SQLite's log has new content of. Nobody locks that file itself: it can be opened and closed at will. */
export class WalPages {
  readonly #path: string
  // Each time SQLite begins the log from its start these are others.
  #salts = Buffer.alloc(8)
  // After the last commit that was read.
  #nextOffset = WAL_HEADER_BYTES

  /** @param path of the database */
  constructor(path: string) {
    this.#path = `${path}-wal`
  }

  /**
   * Those that were written since the last call. None is missed where this is called after each commit of the only
   * connection that writes.
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
      // Of an earlier log that was longer.
      if (!frame.subarray(8, 16).equals(salts)) break
      pages.push(frame.readUInt32BE(0))
      at += size
      // The last frame of a commit says how large the database is. What was rolled back is overwritten.
      if (frame.readUInt32BE(4) > 0) this.#nextOffset = at
    }
    return pages
  }
}
