import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseName } from '../../../src/chat/names/name.ts'
import { type CachedSeat, SeatCache } from '../../../src/roster/redis/seat-cache.ts'
import { ADA, LOBBY, member } from '../../support/events.ts'

const CACHED: CachedSeat = {
  seat: { name: parseName('Ada'), tag: 'abc123' },
  tagVersion: 0,
  fetchedAt: 0,
  recordedAt: 0,
  refreshing: false,
}

test('a seat is cached until it is invalidated', () => {
  const seats = new SeatCache()
  seats.set(LOBBY, 'ada', CACHED, seats.version)
  assert.equal(seats.find(LOBBY, 'ada', ADA), CACHED)
  seats.invalidate(LOBBY, 'ada')
  assert.equal(seats.find(LOBBY, 'ada', ADA), undefined)
  seats.set(LOBBY, 'ada', CACHED, seats.version)
  seats.invalidateAll()
  assert.equal(seats.find(LOBBY, 'ada', ADA), undefined)
})

test('a seat that was requested before an invalidation is not cached after it', () => {
  const seats = new SeatCache()
  const { version } = seats
  seats.invalidate(LOBBY, 'ada')
  seats.set(LOBBY, 'ada', CACHED, version)
  assert.equal(seats.find(LOBBY, 'ada', ADA), undefined)
})

test('a cached seat is not found for a member who has left the room since', () => {
  const seats = new SeatCache()
  seats.set(LOBBY, 'ada', CACHED, seats.version)
  assert.equal(seats.find(LOBBY, 'ada', member('ada', 1)), undefined)
})
