import type { Posted } from './event.ts'

/** Messages of one author within this time read as one. */
const BREATH_MS = 300_000

/** Who spoke last and when: all that must be remembered of a message to join the next to it. */
export type Said = Pick<Posted, 'at'> & { readonly tag: string }

/** Whether a message soon follows one of the same author. */
export function isNext(last: Said | undefined, { author, at }: Posted): boolean {
  return last?.tag === author.tag && at - last.at < BREATH_MS
}

/** The messages, each with whether it soon follows one of the same author. */
export function inBreaths(
  messages: readonly Posted[],
): { readonly message: Posted; readonly next: boolean }[] {
  let last: Said | undefined
  return messages.map((message) => {
    const next = isNext(last, message)
    last = { tag: message.author.tag, at: message.at }
    return { message, next }
  })
}
