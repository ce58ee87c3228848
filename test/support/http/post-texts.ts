import assert from 'node:assert/strict'
import type { Visitor } from './visitor.ts'

/** Posts messages and returns their ids. */
export async function postTexts(visitor: Visitor, room: string, ...texts: string[]): Promise<string[]> {
  const ids: string[] = []
  for (const text of texts) {
    const response = await visitor.post(`/r/${room}/messages`, { text }, { Accept: 'application/json' })
    assert.equal(response.status, 201)
    ids.push(((await response.json()) as { id: string }).id)
  }
  return ids
}

/** The texts from `line 1` to `line <count>`. */
export function numberedLines(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `line ${n + 1}`)
}
