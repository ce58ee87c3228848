import type { Author, Posted } from './event.ts'

/** Messages of one author within this time read as one. */
const GROUP_WINDOW_MS = 300_000

/** Who spoke last and when: all that must be remembered of a message to join the next to it. */
export type LastPost = Pick<Posted, 'at'> & Author

/** Whether a message soon follows one of the same author, who is still called the same. */
export function continuesGroup(last: LastPost | undefined, { author, at }: Posted): boolean {
  if (last?.tag !== author.tag || last.name !== author.name || last.verified !== author.verified) return false
  return at - last.at < GROUP_WINDOW_MS
}

/** What must be remembered of a message for that. */
export function lastPostOf({ author: { tag, name, verified }, at }: Posted): LastPost {
  return { tag, name, verified, at }
}

/** The messages, each with whether it soon follows one of the same author. */
export function groupMessages(
  messages: readonly Posted[],
): { readonly message: Posted; readonly next: boolean }[] {
  let last: LastPost | undefined
  return messages.map((message) => {
    const next = continuesGroup(last, message)
    last = lastPostOf(message)
    return { message, next }
  })
}
