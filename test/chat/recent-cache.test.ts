import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RecentCache } from '../../src/chat/recent-cache.ts'

test('the latest are known, and never more than so many', () => {
  const recent = new RecentCache<number>(10)
  for (let number = 0; number < 1000; number++) {
    recent.set(`${number}`, number)
    assert.ok(recent.size <= 10)
    for (let back = 0; back < 5; back++)
      if (number >= back) assert.equal(recent.get(`${number - back}`), number - back)
  }
  assert.equal(recent.get('900'), undefined)
})

test('what is set again is the new one, and stays as long as a new one', () => {
  const recent = new RecentCache<number>(10)
  recent.set('a', 1)
  for (const key of ['b', 'c', 'd', 'e', 'f']) recent.set(key, 0)
  recent.set('a', 2)
  assert.equal(recent.get('a'), 2)
  for (const key of ['g', 'h', 'i']) recent.set(key, 0)
  assert.equal(recent.get('a'), 2)
})

test('what is forgotten is not known, whenever it was set', () => {
  const recent = new RecentCache<number>(10)
  recent.set('a', 1)
  recent.age()
  recent.set('b', 2)
  recent.delete('a')
  recent.delete('b')
  assert.deepEqual([recent.get('a'), recent.get('b'), recent.size], [undefined, undefined, 0])
  recent.set('c', 3)
  recent.age()
  recent.age()
  assert.equal(recent.get('c'), undefined)
  recent.set('d', 4)
  recent.clear()
  assert.equal(recent.get('d'), undefined)
})
