import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseName } from '../../../src/chat/names/name.ts'
import { type CachedSeat, SeatCache } from '../../../src/roster/redis/seat-cache.ts'
import { ADA, LOBBY, member } from '../../support/events.ts'

const KNOWN: CachedSeat = {
  seat: { name: parseName('Ada'), tag: 'abc123' },
  tagVersion: 0,
  fetchedAt: 0,
  recordedAt: 0,
  refreshing: false,
}

test('a seat is known until it is forgotten', () => {
  const seats = new SeatCache()
  seats.set(LOBBY, 'ada', KNOWN, seats.version)
  assert.equal(seats.find(LOBBY, 'ada', ADA), KNOWN)
  seats.invalidate(LOBBY, 'ada')
  assert.equal(seats.find(LOBBY, 'ada', ADA), undefined)
  seats.set(LOBBY, 'ada', KNOWN, seats.version)
  seats.invalidateAll()
  assert.equal(seats.find(LOBBY, 'ada', ADA), undefined)
})

test('what was asked before a seat changed is not believed after', () => {
  const seats = new SeatCache()
  const { version } = seats
  seats.invalidate(LOBBY, 'ada')
  seats.set(LOBBY, 'ada', KNOWN, version)
  assert.equal(seats.find(LOBBY, 'ada', ADA), undefined)
})

test('who left a room since is somebody else', () => {
  const seats = new SeatCache()
  seats.set(LOBBY, 'ada', KNOWN, seats.version)
  assert.equal(seats.find(LOBBY, 'ada', member('ada', 1)), undefined)
})
