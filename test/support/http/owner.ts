import assert from 'node:assert/strict'
import type { Visitor } from './visitor.ts'

/** Makes a kept room; its owner's link, without the origin. */
export async function makeKeptRoom(maker: Visitor, fields: Record<string, string> = {}): Promise<string> {
  const response = await maker.post(
    '/rooms',
    { room: 'tea', kind: 'kept', ...fields },
    { Accept: 'application/json' },
  )
  assert.equal(response.status, 201)
  const { owner } = (await response.json()) as { owner: string }
  return new URL(owner).pathname
}
