import { randomUUID } from 'node:crypto'
import { postAccepted } from './post-accepted.ts'
import type { Visitor } from './visitor.ts'

/** Posts messages and returns their ids. */
export async function postTexts(visitor: Visitor, room: string, ...texts: string[]): Promise<string[]> {
  const ids: string[] = []
  for (const text of texts) {
    // With the key, a repeated post is the same message.
    const posted = await postAccepted(visitor, `/r/${room}/messages`, { text, key: randomUUID() })
    ids.push((posted as { id: string }).id)
  }
  return ids
}

/** The texts from `line 1` to `line <count>`. */
export function numberedLines(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `line ${n + 1}`)
}
