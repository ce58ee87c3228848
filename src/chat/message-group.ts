import type { Author, Posted } from './event.ts'

/** Messages of one author within this time read as one. */
const BREATH_MS = 300_000

/** Who spoke last and when: all that must be remembered of a message to join the next to it. */
export type Said = Pick<Posted, 'at'> & Author

/** Whether a message soon follows one of the same author, who is still called the same. */
export function isNext(last: Said | undefined, { author, at }: Posted): boolean {
  if (last?.tag !== author.tag || last.name !== author.name || last.verified !== author.verified) return false
  return at - last.at < BREATH_MS
}

/** What must be remembered of a message for that. */
export function saidBy({ author: { tag, name, verified }, at }: Posted): Said {
  return { tag, name, verified, at }
}

/** The messages, each with whether it soon follows one of the same author. */
export function inBreaths(
  messages: readonly Posted[],
): { readonly message: Posted; readonly next: boolean }[] {
  let last: Said | undefined
  return messages.map((message) => {
    const next = isNext(last, message)
    last = saidBy(message)
    return { message, next }
  })
}
