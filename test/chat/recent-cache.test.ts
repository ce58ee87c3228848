import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RecentCache } from '../../src/chat/recent-cache.ts'

test('the latest entries are there, and never more entries than the maximum', () => {
  const cache = new RecentCache<number>(10)
  for (let number = 0; number < 1000; number++) {
    cache.set(`${number}`, number)
    assert.ok(cache.size <= 10)
    for (let back = 0; back < 5; back++)
      if (number >= back) assert.equal(cache.get(`${number - back}`), number - back)
  }
  assert.equal(cache.get('900'), undefined)
})

test('an entry that is set again has the new value, and stays as long as a new entry', () => {
  const cache = new RecentCache<number>(10)
  cache.set('a', 1)
  for (const key of ['b', 'c', 'd', 'e', 'f']) cache.set(key, 0)
  cache.set('a', 2)
  assert.equal(cache.get('a'), 2)
  for (const key of ['g', 'h', 'i']) cache.set(key, 0)
  assert.equal(cache.get('a'), 2)
})

test('a deleted, expired or cleared entry is gone', () => {
  const cache = new RecentCache<number>(10)
  cache.set('a', 1)
  cache.age()
  cache.set('b', 2)
  cache.delete('a')
  cache.delete('b')
  assert.deepEqual([cache.get('a'), cache.get('b'), cache.size], [undefined, undefined, 0])
  cache.set('c', 3)
  cache.age()
  cache.age()
  assert.equal(cache.get('c'), undefined)
  cache.set('d', 4)
  cache.clear()
  assert.equal(cache.get('d'), undefined)
})
