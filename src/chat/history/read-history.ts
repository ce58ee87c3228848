import type { Chat } from '../chat.ts'
import { compareIds, type Posted } from '../event.ts'
import type { HistoryPage, HistoryQuery } from '../ports/store.ts'
import type { Slug } from '../room.ts'

/** The most characters of a page, unless it is a single message. */
export const PAGE_MAX_LENGTH = 1024 * 1024

/**
 * Reads a page of a kept room's messages. A page that would be too long has fewer of them: those that it leads to from
 * the newest, or from the message of the query.
 * @param limit the most messages
 * @param lengthOf how many characters a message takes on the page
 */
export async function readHistory(
  { store, messageCache }: Pick<Chat, 'store' | 'messageCache'>,
  room: Slug,
  query: HistoryQuery,
  limit: number,
  lengthOf: (message: Posted) => number,
): Promise<HistoryPage> {
  const page = await store.readPage(room, query, limit)
  const messages = page.messages.map((message) => messageCache.share(message))
  const [from, to] = rangeWithinLength(messages.map(lengthOf), startOf(messages, query))
  return {
    ...page,
    messages: messages.slice(from, to),
    older: page.older || from > 0,
    newer: page.newer || to < messages.length,
  }
}

/** The index of the message that the page must show. */
function startOf(messages: readonly Posted[], query: HistoryQuery): number {
  switch (query.kind) {
    case 'newest':
    case 'before':
      return messages.length - 1
    case 'after':
      return 0
    case 'around':
      return messages.findIndex(({ id }) => compareIds(id, query.id) >= 0)
  }
}

/** The indexes around `start`, nearest first, that fit together in one page. The second one is excluded. */
function rangeWithinLength(lengths: readonly number[], start: number): readonly [number, number] {
  if (lengths.length === 0) return [0, 0]
  let [from, to] = start < 0 ? [lengths.length - 1, lengths.length] : [start, start + 1]
  let left = PAGE_MAX_LENGTH - (lengths[from] ?? 0)
  let [canGoBack, canGoOn] = [true, true]
  while (canGoBack || canGoOn) {
    const before = lengths[from - 1]
    canGoBack &&= before !== undefined && before <= left
    if (canGoBack) {
      from--
      left -= before ?? 0
    }
    const after = lengths[to]
    canGoOn &&= after !== undefined && after <= left
    if (canGoOn) {
      to++
      left -= after ?? 0
    }
  }
  return [from, to]
}
