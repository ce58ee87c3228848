import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RedisRoomCache, type RoomLookup } from '../../../src/store/redis/room-cache.ts'
import { TestClock } from '../../support/clock.ts'
import { LOBBY } from '../../support/events.ts'
import { FOREVER } from '../../support/store/test-store.ts'

const NONE: RoomLookup = { room: undefined, owner: undefined, reservedUntil: undefined }
const KEPT: RoomLookup = { ...NONE, room: { slug: LOBBY, ...FOREVER } }
const OURS: RoomLookup = { ...NONE, owner: 'somebody' }

/** Creates a cache whose reads resolve when the test says so. */
function createCache(subscribedSince: () => number) {
  const clock = new TestClock()
  const pendingReads: ((room: RoomLookup) => void)[] = []
  const read = () => new Promise<RoomLookup>((resolve) => void pendingReads.push(resolve))
  return { clock, pendingReads, cache: new RedisRoomCache(clock, read, subscribedSince) }
}

async function nextTurn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

test('with a subscription, a lookup is revalidated in the background, and its new result is used from then on', async () => {
  const { clock, pendingReads, cache } = createCache(() => 0)
  const first = cache.find(LOBBY)
  pendingReads[0]?.(NONE)
  assert.equal(await first, NONE)
  clock.advance(30_000)
  assert.equal(await cache.find(LOBBY), NONE)
  assert.equal(await cache.find(LOBBY), NONE)
  assert.equal(pendingReads.length, 2)
  pendingReads[1]?.(OURS)
  await nextTurn()
  assert.equal(await cache.find(LOBBY), OURS)
})

test('a room that was invalidated during a revalidation is read again', async () => {
  const { clock, pendingReads, cache } = createCache(() => 0)
  const first = cache.find(LOBBY)
  pendingReads[0]?.(NONE)
  await first
  clock.advance(3_000)
  await cache.find(LOBBY)
  cache.invalidate(LOBBY)
  pendingReads[1]?.(NONE)
  await nextTurn()
  const result = cache.find(LOBBY)
  assert.equal(pendingReads.length, 3)
  pendingReads[2]?.(OURS)
  assert.equal(await result, OURS)
})

test('a revalidation that fails is repeated', async () => {
  const clock = new TestClock()
  let reads = 0
  const read = async () => {
    if (reads++ === 1) throw new Error('Redis is away')
    return NONE
  }
  const cache = new RedisRoomCache(clock, read, () => 0)
  await cache.find(LOBBY)
  clock.advance(3_000)
  assert.equal(await cache.find(LOBBY), NONE)
  await nextTurn()
  assert.equal(await cache.find(LOBBY), NONE)
  assert.equal(reads, 3)
})

test('a lookup that is older than the subscription, or stale, is read again before it is used', async () => {
  let since = Number.POSITIVE_INFINITY
  const { clock, pendingReads, cache } = createCache(() => since)
  void cache.find(LOBBY)
  pendingReads[0]?.(KEPT)
  await nextTurn()
  clock.advance(1_000)
  assert.equal(await cache.find(LOBBY), KEPT)
  since = clock.elapsed()
  clock.advance(1_000)
  const renewed = cache.find(LOBBY)
  assert.equal(pendingReads.length, 2)
  pendingReads[1]?.(OURS)
  assert.equal(await renewed, OURS)
  clock.advance(40_000)
  void cache.find(LOBBY)
  const refetched = cache.find(LOBBY)
  assert.equal(pendingReads.length, 3)
  pendingReads[2]?.(NONE)
  assert.equal(await refetched, NONE)
})

test('the absence of a kept room is cached only with a subscription', async () => {
  const { pendingReads, cache } = createCache(() => Number.POSITIVE_INFINITY)
  void cache.find(LOBBY)
  pendingReads[0]?.(NONE)
  await nextTurn()
  const result = cache.find(LOBBY)
  assert.equal(pendingReads.length, 2)
  pendingReads[1]?.(KEPT)
  assert.equal(await result, KEPT)
})
