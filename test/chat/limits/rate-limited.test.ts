import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rateLimited } from '../../../src/chat/limits/rate-limited.ts'

test('the time to wait is whole seconds, at least one, and never too short', () => {
  const seconds = (ms: number) => rateLimited('post', 'member', ms).retryAfter
  assert.deepEqual([0, 1, 999, 1000, 1001, 3_599_001].map(seconds), [1, 1, 1, 1, 2, 3600])
})

test('the sentence gives the time to wait in seconds, minutes or hours, whichever is simplest', () => {
  const formattedWait = (seconds: number) =>
    / in (.*)\.$/.exec(rateLimited('room', 'address', seconds * 1000).message)?.[1]
  assert.deepEqual([1, 2, 99, 100, 3600, 5941, 86_400].map(formattedWait), [
    'a second',
    '2 seconds',
    '99 seconds',
    '2 minutes',
    '60 minutes',
    '2 hours',
    '24 hours',
  ])
})

test('each refusal has a sentence of its own', () => {
  const sentences = (['post', 'name', 'room'] as const).flatMap((action) =>
    (['member', 'address'] as const).map((whose) => rateLimited(action, whose, 1000).message),
  )
  assert.equal(new Set(sentences).size, 6)
  for (const sentence of sentences) assert.match(sentence, /^(You|Too many) .*\. Try again in a second\.$/)
})
