import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IdempotencyKeys, KEYS_MAX } from '../../src/bus/idempotency-keys.ts'
import type { Secrets } from '../../src/chat/ports/secrets.ts'
import { TestClock } from '../support/clock.ts'
import { ADA, BOB, LOBBY, posted } from '../support/events.ts'
import { refused } from '../support/refused.ts'
import { testSecrets } from '../support/secrets.ts'

// Quick, where a hundred thousand are made.
const PLAIN: Secrets = {
  ...testSecrets(),
  digest: (purpose, ...parts) => `${purpose}:${parts.join()}`,
  verify: (digest, purpose, ...parts) => digest === `${purpose}:${parts.join()}`,
}

test('a known key gives back the id, the time and the author of its message', () => {
  const memory = new IdempotencyKeys(new TestClock(), testSecrets())
  const event = posted(5)
  memory.remember(LOBBY, ADA, { text: 'a', key: 'k' }, event)
  const known = memory.find(LOBBY, ADA, { text: 'a', key: 'k' })
  assert.deepEqual([known?.id, known?.at, known?.author], [event.id, event.at, event.author])
  assert.throws(() => memory.find(LOBBY, ADA, { text: 'b', key: 'k' }), refused('invalid'))
})

test('nothing of the text is kept', () => {
  const memory = new IdempotencyKeys(new TestClock(), testSecrets())
  const draft = { text: 'canary', key: 'k' }
  memory.remember(LOBBY, ADA, draft, posted(1, 'canary'))
  assert.doesNotMatch(JSON.stringify(memory.find(LOBBY, ADA, draft)), /canary/)
})

test('a message without a key is neither remembered nor found', () => {
  const memory = new IdempotencyKeys(new TestClock(), testSecrets())
  memory.remember(LOBBY, ADA, { text: 'a', key: undefined }, posted(1))
  assert.equal(memory.find(LOBBY, ADA, { text: 'a', key: undefined }), undefined)
})

test('of too many keys the oldest give way', () => {
  const memory = new IdempotencyKeys(new TestClock(), PLAIN)
  const draft = (number: number) => ({ text: 'a', key: `k${number}` })
  for (let number = 0; number <= KEYS_MAX; number++)
    memory.remember(LOBBY, BOB, draft(number), posted(number))
  assert.equal(memory.find(LOBBY, BOB, draft(0)), undefined)
  for (const number of [KEYS_MAX / 8, KEYS_MAX - 1, KEYS_MAX])
    assert.equal(memory.find(LOBBY, BOB, draft(number))?.id.seq, number)
})

test('where the oldest give way, a key is remembered as fast as where there is room', () => {
  const memory = new IdempotencyKeys(new TestClock(), PLAIN)
  let next = 0
  const fill = (count: number) => {
    const began = performance.now()
    for (const end = next + count; next < end; next++)
      memory.remember(LOBBY, BOB, { text: 'a', key: `k${next}` }, posted(next))
    return performance.now() - began
  }
  const withRoom = fill(KEYS_MAX)
  assert.ok(fill(KEYS_MAX) < 5 * withRoom)
})

test('a key that is used anew after its time is known for its full time again', () => {
  const clock = new TestClock()
  const memory = new IdempotencyKeys(clock, testSecrets())
  const draft = { text: 'a', key: 'k' }
  memory.remember(LOBBY, ADA, draft, posted(1))
  clock.advance(599_999)
  assert.equal(memory.find(LOBBY, ADA, draft)?.id.seq, 1)
  clock.advance(1)
  assert.equal(memory.find(LOBBY, ADA, draft), undefined)
  memory.remember(LOBBY, ADA, draft, posted(2))
  clock.advance(599_999)
  memory.remember(LOBBY, ADA, { text: 'b', key: 'l' }, posted(3))
  assert.equal(memory.find(LOBBY, ADA, draft)?.id.seq, 2)
})
