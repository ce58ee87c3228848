import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IdempotencyKeys, KEYS_MAX } from '../../src/bus/idempotency-keys.ts'
import type { Secrets } from '../../src/chat/ports/secrets.ts'
import { TestClock } from '../support/clock.ts'
import { ADA, BOB, LOBBY, posted } from '../support/events.ts'
import { refused } from '../support/refused.ts'
import { testSecrets } from '../support/secrets.ts'

// Plain text instead of digests: fast enough for a hundred thousand keys.
const PLAIN: Secrets = {
  ...testSecrets(),
  digest: (purpose, ...parts) => `${purpose}:${parts.join()}`,
  verify: (digest, purpose, ...parts) => digest === `${purpose}:${parts.join()}`,
}

test('P5: a repeated key finds the id, time and author of its message, and is refused with another text', () => {
  const keys = new IdempotencyKeys(new TestClock(), testSecrets())
  const event = posted(5)
  keys.remember(LOBBY, ADA, { text: 'a', key: 'k' }, event)
  const found = keys.find(LOBBY, ADA, { text: 'a', key: 'k' })
  assert.deepEqual([found?.id, found?.at, found?.author], [event.id, event.at, event.author])
  assert.throws(() => keys.find(LOBBY, ADA, { text: 'b', key: 'k' }), refused('invalid'))
})

test('P3: the record of a key holds nothing of the text', () => {
  const keys = new IdempotencyKeys(new TestClock(), testSecrets())
  const draft = { text: 'canary', key: 'k' }
  keys.remember(LOBBY, ADA, draft, posted(1, 'canary'))
  assert.doesNotMatch(JSON.stringify(keys.find(LOBBY, ADA, draft)), /canary/)
})

test('a message without a key is neither remembered nor found', () => {
  const keys = new IdempotencyKeys(new TestClock(), testSecrets())
  keys.remember(LOBBY, ADA, { text: 'a', key: undefined }, posted(1))
  assert.equal(keys.find(LOBBY, ADA, { text: 'a', key: undefined }), undefined)
})

test('beyond the bound, the oldest keys are dropped', () => {
  const keys = new IdempotencyKeys(new TestClock(), PLAIN)
  const draft = (number: number) => ({ text: 'a', key: `k${number}` })
  for (let number = 0; number <= KEYS_MAX; number++) keys.remember(LOBBY, BOB, draft(number), posted(number))
  assert.equal(keys.find(LOBBY, BOB, draft(0)), undefined)
  for (const number of [KEYS_MAX / 8, KEYS_MAX - 1, KEYS_MAX])
    assert.equal(keys.find(LOBBY, BOB, draft(number))?.id.seq, number)
})

test('remembering a key is as fast at the bound as below it', () => {
  const keys = new IdempotencyKeys(new TestClock(), PLAIN)
  let next = 0
  const fill = (count: number) => {
    const before = process.threadCpuUsage()
    for (const end = next + count; next < end; next++)
      keys.remember(LOBBY, BOB, { text: 'a', key: `k${next}` }, posted(next))
    return process.threadCpuUsage(before).user
  }
  const belowBound = fill(KEYS_MAX)
  assert.ok(fill(KEYS_MAX) < 5 * belowBound)
})

test('a key that is used again after it expired is remembered for the full time again', () => {
  const clock = new TestClock()
  const keys = new IdempotencyKeys(clock, testSecrets())
  const draft = { text: 'a', key: 'k' }
  keys.remember(LOBBY, ADA, draft, posted(1))
  clock.advance(599_999)
  assert.equal(keys.find(LOBBY, ADA, draft)?.id.seq, 1)
  clock.advance(1)
  assert.equal(keys.find(LOBBY, ADA, draft), undefined)
  keys.remember(LOBBY, ADA, draft, posted(2))
  clock.advance(599_999)
  keys.remember(LOBBY, ADA, { text: 'b', key: 'l' }, posted(3))
  assert.equal(keys.find(LOBBY, ADA, draft)?.id.seq, 2)
})
