// Which bytes of a database hold nothing, by https://sqlite.org/fileformat2.html. Wherever something is not as written
// there, nothing is known to be unused.

/** From this many pages on, the number that an overflow page begins with can look like the kind of a b-tree page. */
const PAGES_MAX = 0x2000000

/** Bytes that a file's header takes. */
export const HEADER_BYTES = 100

export interface Layout {
  /** In bytes. */
  readonly pageSize: number
  /** Bytes of each page that SQLite uses: the rest is an extension's. */
  readonly usableBytes: number
  /** How many there are. */
  readonly pageCount: number
}

/** The bytes from `start` up to, and without, `end`. */
export interface FreeSpan {
  readonly start: number
  readonly end: number
}

/**
 * https://sqlite.org/fileformat2.html#the_database_header
 * @param header the first bytes of the file
 * @param size of the file, in bytes
 * @returns undefined for what is better left alone
 */
export function readLayout(header: Buffer, size: number): Layout | undefined {
  if (header.length < HEADER_BYTES || header.toString('latin1', 0, 16) !== 'SQLite format 3\0')
    return undefined
  // One stands for what two bytes can't say.
  const stored = header.readUInt16BE(16)
  const pageSize = stored === 1 ? 65_536 : stored
  const isPowerOfTwo = (pageSize & (pageSize - 1)) === 0
  const usableBytes = pageSize - header.readUInt8(20)
  const isLogged = header.readUInt8(18) === 2 && header.readUInt8(19) === 2
  // Where pages can be moved, some hold only pointers, and these could look like any page.
  const isMovable = header.readUInt32BE(52) !== 0
  const pageCount = Math.floor(size / pageSize)
  if (pageSize < 512 || !isPowerOfTwo || usableBytes < 480 || !isLogged || isMovable) return undefined
  return pageCount < PAGES_MAX ? { pageSize, usableBytes, pageCount } : undefined
}

/**
 * What is unused in a page of a b-tree: https://sqlite.org/fileformat2.html#b_tree_pages
 * @param page any but the first of the file, whose b-tree page begins after the file's header
 * @returns none for every other page: those begin with the number of a page, or with zero
 */
export function findFreeSpans(page: Buffer, usable: number): FreeSpan[] {
  const pointers = PAGE_HEADER_BYTES.get(page.readUInt8(0))
  if (pointers === undefined) return []
  const end = pointers + 2 * page.readUInt16BE(3)
  // Zero stands for what two bytes can't say.
  const content = page.readUInt16BE(5) || 65_536
  if (end > content || content > usable) return []
  const freed = readFreeblocks(page, content, usable)
  if (!freed) return []
  for (let at = pointers; at < end; at += 2) {
    const cell = page.readUInt16BE(at)
    if (cell < content || cell >= usable) return []
    if (freed.some((block) => cell >= block.start && cell < block.end)) return []
  }
  const insides = freed.map(({ start, end }) => ({ start: start + FREEBLOCK_HEADER_BYTES, end }))
  return [{ start: end, end: content }, ...insides].filter((gap) => gap.start < gap.end)
}

/** By the kind: interior pages of indices and tables, leaves of indices and tables. */
const PAGE_HEADER_BYTES: ReadonlyMap<number, number> = new Map([
  [2, 12],
  [5, 12],
  [10, 8],
  [13, 8],
])

/** Where the next one is, and how long this one is. */
const FREEBLOCK_HEADER_BYTES = 4

/** @returns undefined where their chain is broken */
function readFreeblocks(page: Buffer, content: number, usable: number): FreeSpan[] | undefined {
  const found: FreeSpan[] = []
  let least = content
  for (let start = page.readUInt16BE(1); start !== 0; start = page.readUInt16BE(start)) {
    if (start < least || start > usable - FREEBLOCK_HEADER_BYTES) return undefined
    const end = start + page.readUInt16BE(start + 2)
    if (end < start + FREEBLOCK_HEADER_BYTES || end > usable) return undefined
    found.push({ start, end })
    // Those that are closer together SQLite makes one.
    least = end + FREEBLOCK_HEADER_BYTES
  }
  return found
}
