import type { Posted } from '../../chat/event.ts'
import type { HistoryPage, HistoryQuery } from '../../chat/ports/store.ts'

/** Where a page's messages are looked for: how many backwards from one place, and forwards from another. */
export type PageRanges = readonly [back: string, backLimit: number, on: string, onLimit: number]

/** One more than is shown on a side tells whether there are more. */
export function pageRanges(of: HistoryQuery, limit: number): PageRanges {
  switch (of.kind) {
    case 'newest':
      return ['+inf', limit + 1, '+inf', 0]
    case 'before':
      return [`(${of.id.seq}`, limit + 1, '+inf', 0]
    case 'after':
      return [`${of.id.seq}`, 1, `(${of.id.seq}`, limit + 1]
    case 'around':
      return [`${of.id.seq}`, limit + 1, `(${of.id.seq}`, Math.floor(limit / 2) + 1]
  }
}

/**
 * @param earlier the newest first
 * @param later the oldest first
 */
export function assemblePage(
  of: HistoryQuery,
  limit: number,
  earlier: readonly Posted[],
  later: readonly Posted[],
): Omit<HistoryPage, 'top'> {
  const after = later.slice(0, of.kind === 'around' ? Math.floor(limit / 2) : limit)
  const before = earlier.slice(0, of.kind === 'after' ? 0 : limit - after.length)
  return {
    messages: [...before.reverse(), ...after],
    older: earlier.length > before.length,
    newer: of.kind === 'before' || later.length > after.length,
  }
}
