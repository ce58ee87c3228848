import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseName } from '../../../src/chat/names/name.ts'
import { ROOM_PARTS } from '../../../src/roster/redis/membership-lua.ts'
import { ADA, BOB, LOBBY } from '../../support/events.ts'
import { eventually } from '../../support/eventually.ts'
import { JumpingClock } from '../../support/jumping-clock.ts'
import { RedisServer } from '../../support/redis/redis-server.ts'
import { enterAll, numberedMember, takePresenceChanges, twoRosters } from '../../support/redis/rosters.ts'
import { openKeyspace, redisForTests } from '../../support/redis/test-redis.ts'
import { refused } from '../../support/refused.ts'

const openTestRedis = redisForTests()
const GRACE = parseName('Grace')

test('while Redis is away new streams are refused, and streams that end are gone when it is back', async (t) => {
  const { testRedis, processes, advance } = await twoRosters(t, await openTestRedis(JumpingClock.frozen()))
  const [one, other] = processes
  const leave = await one.roster.enter(LOBBY, ADA, 'connected')
  await one.roster.enter(LOBBY, BOB, 'connected')
  // Sent over the connection of the other process, so that only the first loses its own.
  const id = await testRedis.redis.command('CLIENT', 'ID')
  const lost = new Promise<void>((resolve) => {
    one.redis.onConnectionChange((up) => {
      if (!up) resolve()
    })
  })
  await other.redis.command('CLIENT', 'KILL', 'ID', String(id))
  await lost
  await assert.rejects(one.roster.enter(LOBBY, numberedMember(1), 'connected'), refused('busy'))
  await assert.rejects(one.roster.countHere(LOBBY), refused('busy'))
  leave()
  assert.equal(await other.roster.countHere(LOBBY), 2)
  await eventually(async () => assert.equal(one.redis.up, true))
  await advance(15_000)
  assert.equal(await other.roster.countHere(LOBBY), 1)
  assert.deepEqual(testRedis.reported, [])
})

test('a Redis that comes back empty gets all members again, under their names and unannounced', async (t) => {
  // A server of its own, which writes nothing to its disk.
  const server = await RedisServer.start(t, { args: [] })
  const { processes, advance } = await twoRosters(t, await openKeyspace(server, JumpingClock.frozen()))
  const [one, other] = processes
  await enterAll(one, 450)
  await one.roster.enter(LOBBY, ADA, 'confirmed')
  await other.subscribe(LOBBY)
  await other.roster.enter(LOBBY, ADA, 'confirmed')
  await one.roster.takeName(LOBBY, ADA, GRACE)
  await other.waitForSeatChanges(1)
  const seats = (await other.roster.listPeople(LOBBY, 1000)).people
  const tagged = (people: typeof seats) => people.map(({ name, tag }) => `${name} ${tag}`).sort()
  takePresenceChanges(one, other)
  await server.kill()
  await server.start()
  await eventually(async () => {
    for (const { redis } of processes) assert.equal(redis.up, true)
    assert.equal(await one.roster.countHere(LOBBY), 451)
  })
  assert.deepEqual(tagged((await other.roster.listPeople(LOBBY, 1000)).people), tagged(seats))
  assert.deepEqual(takePresenceChanges(one, other), [])
  await advance(58_000)
  const grace = await one.roster.seatOf(LOBBY, ADA)
  assert.equal(grace.name, GRACE)
  assert.deepEqual(takePresenceChanges(one, other), [{ left: [grace] }])
})

test('streams that Redis forgot are registered again as soon as anything happens in their room', async (t) => {
  const { testRedis, processes, advance } = await twoRosters(t, await openTestRedis(JumpingClock.frozen()))
  const [one] = processes
  await one.roster.enter(LOBBY, ADA, 'connected')
  const leave = await one.roster.enter(LOBBY, BOB, 'connected')
  await testRedis.redis.command('DEL', ...one.redis.keys.roomParts(LOBBY, ROOM_PARTS))
  await one.roster.enter(LOBBY, numberedMember(1), 'connected')
  await advance(2_000)
  assert.equal(await one.roster.countHere(LOBBY), 3)
  leave()
  await advance(600_000)
  assert.equal(await one.roster.countHere(LOBBY), 2)
})

test('a seat that changed while Redis was unreachable is not taken from the cache', async (t) => {
  const { testRedis, processes } = await twoRosters(t, await openTestRedis(JumpingClock.frozen()))
  const [one, other] = processes
  await one.roster.takeSeat(LOBBY, ADA)
  const id = await testRedis.redis.command('CLIENT', 'ID')
  await other.redis.command('CLIENT', 'KILL', 'ID', String(id))
  await other.roster.takeName(LOBBY, ADA, GRACE)
  await eventually(async () => assert.equal((await one.roster.takeSeat(LOBBY, ADA)).name, GRACE), 3_000)
})

test('a stream that was refused because Redis hung is not counted later', async (t) => {
  const server = await RedisServer.start(t)
  const { processes, advance } = await twoRosters(t, await openKeyspace(server, JumpingClock.frozen()))
  const [one, other] = processes
  await one.roster.enter(LOBBY, BOB, 'connected')
  server.pause()
  await assert.rejects(one.roster.enter(LOBBY, ADA, 'connected'), refused('busy'))
  server.resume()
  await eventually(async () => {
    for (const { redis } of processes) assert.equal(redis.up, true)
  })
  await advance(15_000)
  assert.equal(await other.roster.countHere(LOBBY), 1)
})
