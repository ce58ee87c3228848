import assert from 'node:assert/strict'
import { eventually } from '../eventually.ts'
import type { Visitor } from './visitor.ts'

/**
 * Posts a form, again after a 503: on a busy machine Redis may reply too late.
 * @returns the response as JSON
 */
export async function postAccepted(
  visitor: Visitor,
  path: string,
  fields: Record<string, string>,
): Promise<unknown> {
  const response = await eventually(async () => {
    const attempt = await visitor.post(path, fields, { Accept: 'application/json' })
    assert.notEqual(attempt.status, 503)
    return attempt
  })
  assert.equal(response.status, 201)
  return response.json()
}
