import type { Posted } from '../../chat/event.ts'
import type { HistoryPage, HistoryQuery } from '../../chat/ports/store.ts'

/** The ranges of seqs from which a page is read: backwards and forwards, each from a bound and with a limit. */
export type PageRanges = readonly [back: string, backLimit: number, on: string, onLimit: number]

/** Each range has one message more than the page shows, to know whether there are more. */
export function pageRanges(query: HistoryQuery, limit: number): PageRanges {
  switch (query.kind) {
    case 'newest':
      return ['+inf', limit + 1, '+inf', 0]
    case 'before':
      return [`(${query.id.seq}`, limit + 1, '+inf', 0]
    case 'after':
      return [`${query.id.seq}`, 1, `(${query.id.seq}`, limit + 1]
    case 'around':
      return [`${query.id.seq}`, limit + 1, `(${query.id.seq}`, Math.floor(limit / 2) + 1]
  }
}

/**
 * Assembles a page from both ranges.
 * @param earlier newest first
 * @param later oldest first
 */
export function assemblePage(
  query: HistoryQuery,
  limit: number,
  earlier: readonly Posted[],
  later: readonly Posted[],
): Omit<HistoryPage, 'top'> {
  const after = later.slice(0, query.kind === 'around' ? Math.floor(limit / 2) : limit)
  const before = earlier.slice(0, query.kind === 'after' ? 0 : limit - after.length)
  return {
    messages: [...before.reverse(), ...after],
    older: earlier.length > before.length,
    newer: query.kind === 'before' || later.length > after.length,
  }
}
