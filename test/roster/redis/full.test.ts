import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { parseName } from '../../../src/chat/names/name.ts'
import { ADA, BOB, LOBBY } from '../../support/events.ts'
import { JumpingClock } from '../../support/jumping-clock.ts'
import { EXHAUSTIBLE_RESOURCES, type ExhaustibleResource } from '../../support/redis/fill-redis.ts'
import { RedisServer } from '../../support/redis/redis-server.ts'
import { numberedMember, takePresenceChanges, twoRosters } from '../../support/redis/rosters.ts'
import { openKeyspace } from '../../support/redis/test-redis.ts'
import { refused } from '../../support/refused.ts'

const GRACE = parseName('Grace')

async function startOn(t: TestContext, { args, fill, free }: ExhaustibleResource) {
  const server = await RedisServer.start(t, { args })
  const rosters = await twoRosters(t, await openKeyspace(server, JumpingClock.frozen()))
  return { ...rosters, fill: () => fill(server), free: () => free(server) }
}

for (const exhaustible of EXHAUSTIBLE_RESOURCES) {
  test(`a stream opened while Redis has no ${exhaustible.resource} left is counted once there is space`, async (t) => {
    const { testRedis, processes, advance, fill, free } = await startOn(t, exhaustible)
    const [one, other] = processes
    await one.roster.enter(LOBBY, BOB, 'connected')
    takePresenceChanges(one, other)
    await fill()
    await one.roster.enter(LOBBY, ADA, 'confirmed')
    await one.roster.enter(LOBBY, { ...numberedMember(1), declaredName: GRACE }, 'connected')
    const leave = await one.roster.enter(LOBBY, numberedMember(2), 'connected')
    // A sign of life of a member who is not counted yet.
    await one.roster.confirmLiveness(LOBBY, ADA)
    await assert.rejects(one.roster.takeSeat(LOBBY, numberedMember(3)), refused('full'))
    for (const { roster } of processes) await roster.sweep()
    leave()
    assert.equal(await other.roster.countHere(LOBBY), 1)
    assert.deepEqual(takePresenceChanges(one, other), [])
    await free()
    await advance(5_000)
    assert.equal(await other.roster.countHere(LOBBY), 3)
    const seats = [await other.roster.seatOf(LOBBY, ADA), await other.roster.seatOf(LOBBY, numberedMember(1))]
    assert.equal(seats[1]?.name, GRACE, 'an API client has its declared name')
    assert.deepEqual(takePresenceChanges(one, other), [{ joined: seats }])
    await advance(50_000)
    await one.roster.confirmLiveness(LOBBY, ADA)
    await advance(50_000)
    assert.equal(await other.roster.countHere(LOBBY), 3)
    assert.deepEqual(testRedis.reported, [])
  })
}

test('while Redis has no memory left, members stay and leave as usual', async (t) => {
  const [memory] = EXHAUSTIBLE_RESOURCES
  assert.ok(memory)
  const { testRedis, processes, advance, fill } = await startOn(t, memory)
  const [one, other] = processes
  await one.roster.enter(LOBBY, BOB, 'connected')
  await other.roster.enter(LOBBY, ADA, 'confirmed')
  const leave = await one.roster.enter(LOBBY, numberedMember(1), 'connected')
  takePresenceChanges(one, other)
  await fill()
  const seat = await one.roster.seatOf(LOBBY, numberedMember(1))
  leave()
  for (let times = 0; times < 4; times++) {
    await advance(25_000)
    await other.roster.confirmLiveness(LOBBY, ADA)
  }
  assert.equal(await other.roster.countHere(LOBBY), 2)
  await one.roster.leave(LOBBY, BOB)
  assert.equal(await other.roster.countHere(LOBBY), 1)
  assert.deepEqual(takePresenceChanges(one, other)[0], { left: [seat] })
  assert.deepEqual(testRedis.reported, [])
})
