import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RedisRoomCache, type RoomLookup } from '../../../src/store/redis/room-cache.ts'
import { TestClock } from '../../support/clock.ts'
import { LOBBY } from '../../support/events.ts'
import { FOREVER } from '../../support/store/test-store.ts'

const NONE: RoomLookup = { room: undefined, owner: undefined, reservedUntil: undefined }
const KEPT: RoomLookup = { ...NONE, room: { slug: LOBBY, ...FOREVER } }
const OURS: RoomLookup = { ...NONE, owner: 'somebody' }

/** What is known of rooms where every question is answered when the test says so. */
function knownRooms(hearsSince: () => number) {
  const clock = new TestClock()
  const questions: ((room: RoomLookup) => void)[] = []
  const read = () => new Promise<RoomLookup>((resolve) => void questions.push(resolve))
  return { clock, questions, rooms: new RedisRoomCache(clock, read, hearsSince) }
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

test('where changes are heard of, nobody waits for a second look, and it is believed from then on', async () => {
  const { clock, questions, rooms } = knownRooms(() => 0)
  const first = rooms.find(LOBBY)
  questions[0]?.(NONE)
  assert.equal(await first, NONE)
  clock.advance(30_000)
  assert.equal(await rooms.find(LOBBY), NONE)
  assert.equal(await rooms.find(LOBBY), NONE)
  assert.equal(questions.length, 2)
  questions[1]?.(OURS)
  await turn()
  assert.equal(await rooms.find(LOBBY), OURS)
})

test('what was forgotten during a second look is asked for again', async () => {
  const { clock, questions, rooms } = knownRooms(() => 0)
  const first = rooms.find(LOBBY)
  questions[0]?.(NONE)
  await first
  clock.advance(3_000)
  await rooms.find(LOBBY)
  rooms.invalidate(LOBBY)
  questions[1]?.(NONE)
  await turn()
  const asked = rooms.find(LOBBY)
  assert.equal(questions.length, 3)
  questions[2]?.(OURS)
  assert.equal(await asked, OURS)
})

test('a second look that fails is made again', async () => {
  const clock = new TestClock()
  let asked = 0
  const read = async () => {
    if (asked++ === 1) throw new Error('Redis is away')
    return NONE
  }
  const rooms = new RedisRoomCache(clock, read, () => 0)
  await rooms.find(LOBBY)
  clock.advance(3_000)
  assert.equal(await rooms.find(LOBBY), NONE)
  await turn()
  assert.equal(await rooms.find(LOBBY), NONE)
  assert.equal(asked, 3)
})

test('what is older than the hearing, or than can be believed at all, is asked for', async () => {
  let since = Number.POSITIVE_INFINITY
  const { clock, questions, rooms } = knownRooms(() => since)
  void rooms.find(LOBBY)
  questions[0]?.(KEPT)
  await turn()
  clock.advance(1_000)
  assert.equal(await rooms.find(LOBBY), KEPT)
  since = clock.elapsed()
  clock.advance(1_000)
  const asked = rooms.find(LOBBY)
  assert.equal(questions.length, 2)
  questions[1]?.(OURS)
  assert.equal(await asked, OURS)
  clock.advance(40_000)
  void rooms.find(LOBBY)
  const waits = rooms.find(LOBBY)
  assert.equal(questions.length, 3)
  questions[2]?.(NONE)
  assert.equal(await waits, NONE)
})

test('that there is no kept room is believed only where the making of one would be heard of', async () => {
  const { questions, rooms } = knownRooms(() => Number.POSITIVE_INFINITY)
  void rooms.find(LOBBY)
  questions[0]?.(NONE)
  await turn()
  const asked = rooms.find(LOBBY)
  assert.equal(questions.length, 2)
  questions[1]?.(KEPT)
  assert.equal(await asked, KEPT)
})
