import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { parseName } from '../../../src/chat/names/name.ts'
import { ADA, BOB, LOBBY } from '../../support/events.ts'
import { JumpingClock } from '../../support/jumping-clock.ts'
import { FULLNESSES, type Fullness } from '../../support/redis/fill-redis.ts'
import { RedisServer } from '../../support/redis/redis-server.ts'
import { numbered, told, twoRosters } from '../../support/redis/rosters.ts'
import { partOf } from '../../support/redis/test-redis.ts'
import { refused } from '../../support/refused.ts'

const GRACE = parseName('Grace')

async function begin(t: TestContext, { args, fill, empty }: Fullness) {
  const server = await RedisServer.start(t, { args })
  const rosters = await twoRosters(t, await partOf(server, JumpingClock.still()))
  return { ...rosters, fill: () => fill(server), empty: () => empty(server) }
}

for (const fullness of FULLNESSES) {
  test(`who comes while Redis has no ${fullness.of} left is let in unseen, and is seen when it has`, async (t) => {
    const { under, processes, pass, fill, empty } = await begin(t, fullness)
    const [one, other] = processes
    await one.roster.enter(LOBBY, BOB, 'connected')
    told(one, other)
    await fill()
    await one.roster.enter(LOBBY, ADA, 'confirmed')
    await one.roster.enter(LOBBY, { ...numbered(1), named: GRACE }, 'connected')
    const leave = await one.roster.enter(LOBBY, numbered(2), 'connected')
    // Signs of life of somebody who is not seen yet.
    await one.roster.confirm(LOBBY, ADA)
    await assert.rejects(one.roster.take(LOBBY, numbered(3)), refused('full'))
    for (const { roster } of processes) await roster.tend()
    leave()
    assert.equal(await other.roster.here(LOBBY), 1)
    assert.deepEqual(told(one, other), [])
    await empty()
    await pass(5_000)
    assert.equal(await other.roster.here(LOBBY), 3)
    const seats = [await other.roster.seatOf(LOBBY, ADA), await other.roster.seatOf(LOBBY, numbered(1))]
    assert.equal(seats[1]?.name, GRACE, 'a program under the name that it gave')
    assert.deepEqual(told(one, other), [{ joined: seats }])
    await pass(50_000)
    await one.roster.confirm(LOBBY, ADA)
    await pass(50_000)
    assert.equal(await other.roster.here(LOBBY), 3)
    assert.deepEqual(under.reported, [])
  })
}

test('while Redis has no memory left, who is here stays here, and who goes is gone', async (t) => {
  const [memory] = FULLNESSES
  assert.ok(memory)
  const { under, processes, pass, fill } = await begin(t, memory)
  const [one, other] = processes
  await one.roster.enter(LOBBY, BOB, 'connected')
  await other.roster.enter(LOBBY, ADA, 'confirmed')
  const leave = await one.roster.enter(LOBBY, numbered(1), 'connected')
  told(one, other)
  await fill()
  const seat = await one.roster.seatOf(LOBBY, numbered(1))
  leave()
  for (let times = 0; times < 4; times++) {
    await pass(25_000)
    await other.roster.confirm(LOBBY, ADA)
  }
  assert.equal(await other.roster.here(LOBBY), 2)
  await one.roster.leave(LOBBY, BOB)
  assert.equal(await other.roster.here(LOBBY), 1)
  assert.deepEqual(told(one, other)[0], { left: [seat] })
  assert.deepEqual(under.reported, [])
})
