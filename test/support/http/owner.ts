import assert from 'node:assert/strict'
import type { Visitor } from './visitor.ts'

/**
 * Makes a kept room.
 * @returns the path of the owner's link
 */
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
