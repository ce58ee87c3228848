import type { Author, Posted } from '../event.ts'

/** Consecutive messages of one author form a group if less than this time lies between them. */
const GROUP_WINDOW_MS = 300_000

/** The author and time of the last post: enough to decide whether the next message continues its group. */
export type LastPost = Pick<Posted, 'at'> & Author

/** Whether a message soon follows the last post, with the same author, name and verification. */
export function continuesGroup(last: LastPost | undefined, { author, at }: Posted): boolean {
  if (last?.tag !== author.tag || last.name !== author.name || last.verified !== author.verified) return false
  return at - last.at < GROUP_WINDOW_MS
}

/** The part of a message that `continuesGroup` needs later. */
export function lastPostOf({ author: { tag, name, verified }, at }: Posted): LastPost {
  return { tag, name, verified, at }
}

/** Pairs each message with whether it continues the group of the one before. */
export function groupMessages(
  messages: readonly Posted[],
): { readonly message: Posted; readonly next: boolean }[] {
  let last: LastPost | undefined
  return messages.map((message) => {
    const grouped = continuesGroup(last, message)
    last = lastPostOf(message)
    return { message, next: grouped }
  })
}
