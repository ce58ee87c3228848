// Finds the unused bytes of a database, by https://sqlite.org/fileformat2.html. Where anything deviates from that
// document, no byte counts as unused.

/** With this many pages, the page number at the start of an overflow page could look like the type of a b-tree page. */
const PAGES_MAX = 0x2000000

/** The size of the header of a database file. */
export const HEADER_BYTES = 100

export interface Layout {
  /** In bytes. */
  readonly pageSize: number
  /** Bytes of each page that SQLite uses. Extensions may reserve the rest. */
  readonly usableBytes: number
  readonly pageCount: number
}

/** The bytes from `start` up to, but not including, `end`. */
export interface FreeSpan {
  readonly start: number
  readonly end: number
}

/**
 * Reads the layout from the header: https://sqlite.org/fileformat2.html#the_database_header
 * @param header the first bytes of the file
 * @param size of the file, in bytes
 * @returns undefined for a file that must be left alone
 */
export function readLayout(header: Buffer, size: number): Layout | undefined {
  if (header.length < HEADER_BYTES || header.toString('latin1', 0, 16) !== 'SQLite format 3\0')
    return undefined
  // 65,536 does not fit into two bytes and is stored as 1.
  const stored = header.readUInt16BE(16)
  const pageSize = stored === 1 ? 65_536 : stored
  const isPowerOfTwo = (pageSize & (pageSize - 1)) === 0
  const usableBytes = pageSize - header.readUInt8(20)
  const isWal = header.readUInt8(18) === 2 && header.readUInt8(19) === 2
  // With auto-vacuum there are pointer map pages, which could look like any other page.
  const hasPointerMap = header.readUInt32BE(52) !== 0
  const pageCount = Math.floor(size / pageSize)
  if (pageSize < 512 || !isPowerOfTwo || usableBytes < 480 || !isWal || hasPointerMap) return undefined
  return pageCount < PAGES_MAX ? { pageSize, usableBytes, pageCount } : undefined
}

/**
 * Finds the unused bytes in a page of a b-tree: https://sqlite.org/fileformat2.html#b_tree_pages
 * @param page any page but the first, where the b-tree begins after the header of the file
 * @returns nothing for pages of other types: those begin with the number of a page, or with zero
 */
export function findFreeSpans(page: Buffer, usable: number): FreeSpan[] {
  const pointers = PAGE_HEADER_BYTES.get(page.readUInt8(0))
  if (pointers === undefined) return []
  const end = pointers + 2 * page.readUInt16BE(3)
  // 65,536 is stored as 0.
  const content = page.readUInt16BE(5) || 65_536
  if (end > content || content > usable) return []
  const freeblocks = readFreeblocks(page, content, usable)
  if (!freeblocks) return []
  for (let at = pointers; at < end; at += 2) {
    const cell = page.readUInt16BE(at)
    if (cell < content || cell >= usable) return []
    if (freeblocks.some((block) => cell >= block.start && cell < block.end)) return []
  }
  const insides = freeblocks.map(({ start, end }) => ({ start: start + FREEBLOCK_HEADER_BYTES, end }))
  return [{ start: end, end: content }, ...insides].filter((span) => span.start < span.end)
}

/** Size of the page header by type: interior page of an index, of a table; leaf of an index, of a table. */
const PAGE_HEADER_BYTES: ReadonlyMap<number, number> = new Map([
  [2, 12],
  [5, 12],
  [10, 8],
  [13, 8],
])

/** The offset of the next freeblock and the size of this one, two bytes each. */
const FREEBLOCK_HEADER_BYTES = 4

/** @returns undefined if their chain is broken */
function readFreeblocks(page: Buffer, content: number, usable: number): FreeSpan[] | undefined {
  const found: FreeSpan[] = []
  let min = content
  for (let start = page.readUInt16BE(1); start !== 0; start = page.readUInt16BE(start)) {
    if (start < min || start > usable - FREEBLOCK_HEADER_BYTES) return undefined
    const end = start + page.readUInt16BE(start + 2)
    if (end < start + FREEBLOCK_HEADER_BYTES || end > usable) return undefined
    found.push({ start, end })
    // SQLite merges freeblocks that are closer together.
    min = end + FREEBLOCK_HEADER_BYTES
  }
  return found
}
