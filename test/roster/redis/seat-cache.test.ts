import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseName } from '../../../src/chat/names/name.ts'
import { type KnownSeat, Seats } from '../../../src/roster/redis/seat-cache.ts'
import { ADA, LOBBY, member } from '../../support/events.ts'

const KNOWN: KnownSeat = {
  seat: { name: parseName('Ada'), tag: 'abc123' },
  era: 0,
  at: 0,
  notedAt: 0,
  refreshing: false,
}

test('a seat is known until it is forgotten', () => {
  const seats = new Seats()
  seats.keep(LOBBY, 'ada', KNOWN, seats.turn)
  assert.equal(seats.find(LOBBY, 'ada', ADA), KNOWN)
  seats.forget(LOBBY, 'ada')
  assert.equal(seats.find(LOBBY, 'ada', ADA), undefined)
  seats.keep(LOBBY, 'ada', KNOWN, seats.turn)
  seats.forgetAll()
  assert.equal(seats.find(LOBBY, 'ada', ADA), undefined)
})

test('what was asked before a seat changed is not believed after', () => {
  const seats = new Seats()
  const { turn } = seats
  seats.forget(LOBBY, 'ada')
  seats.keep(LOBBY, 'ada', KNOWN, turn)
  assert.equal(seats.find(LOBBY, 'ada', ADA), undefined)
})

test('who left a room since is somebody else', () => {
  const seats = new Seats()
  seats.keep(LOBBY, 'ada', KNOWN, seats.turn)
  assert.equal(seats.find(LOBBY, 'ada', member('ada', 1)), undefined)
})
