import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MessageCache } from '../../../src/chat/history/message-cache.ts'
import { TestClock } from '../../support/clock.ts'
import { AUTHOR, posted, uncheckedName } from '../../support/events.ts'

test('a message that is read again is the same object, so that it is rendered once', () => {
  const cache = new MessageCache(new TestClock())
  const first = cache.share(posted(1, 'hello'))
  assert.equal(cache.share(posted(1, 'hello')), first)
  assert.notEqual(cache.share(posted(2, 'hello')), first)
})

test('a message that has changed is another object', () => {
  const cache = new MessageCache(new TestClock())
  const before = posted(1, 'hello')
  for (const after of [
    { ...before, text: 'hello!' },
    { ...before, editedAt: 7 },
    { ...before, at: 7 },
    { ...before, author: { ...AUTHOR, name: uncheckedName('Ada') } },
    { ...before, author: { ...AUTHOR, verified: true } },
  ]) {
    cache.share(before)
    assert.equal(cache.share(after), after)
    assert.equal(cache.share({ ...after }), after)
  }
})

test('a message that nobody reads leaves memory within two minutes, and one that is read stays', () => {
  const clock = new TestClock()
  const cache = new MessageCache(clock)
  const [left, read] = [posted(1, 'left'), posted(2, 'read')]
  cache.share(left)
  cache.share(read)
  for (let minute = 0; minute < 3; minute++) {
    clock.advance(59_000)
    assert.equal(cache.share({ ...read }), read)
  }
  assert.notEqual(cache.share({ ...left }), left)
})
