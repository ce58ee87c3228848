import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseName } from '../../../src/chat/names/name.ts'
import type { PresenceChange } from '../../../src/chat/signal.ts'
import { ROOM_MEMBERSHIPS_MAX } from '../../../src/roster/redis/membership-lua.ts'
import { RedisRoster } from '../../../src/roster/redis/roster.ts'
import { createSecrets } from '../../../src/secrets/secrets.ts'
import { generateSessionKeys, rotateSessionKeys } from '../../../src/secrets/session-keys.ts'
import { ADA, BOB, LOBBY } from '../../support/events.ts'
import { eventually } from '../../support/eventually.ts'
import { JumpingClock } from '../../support/jumping-clock.ts'
import {
  enterAll,
  numberedMember,
  runInBatches,
  takePresenceChanges,
  twoRosters,
} from '../../support/redis/rosters.ts'
import { redisForTests } from '../../support/redis/test-redis.ts'
import { refused } from '../../support/refused.ts'
import { ROSTER_TIMES } from '../../support/roster-times.ts'
import { testSecrets } from '../../support/secrets.ts'

const openTestRedis = redisForTests()
const GRACE = parseName('Grace')
const FIRST = generateSessionKeys()

test('when two hundred members race for a name on two processes, exactly one gets it', async (t) => {
  const { processes } = await twoRosters(t, await openTestRedis(JumpingClock.frozen()))
  const claims = await Promise.all(
    Array.from({ length: 200 }, (_, number) => {
      const { roster } = number % 2 ? processes[0] : processes[1]
      // A member refused by a busy machine tries again, and still has the name if the first attempt took it.
      return eventually(() => roster.takeName(LOBBY, numberedMember(number), GRACE))
    }),
  )
  assert.equal(claims.filter((seat) => seat?.name === GRACE).length, 1)
  assert.equal(claims.filter((seat) => seat === undefined).length, 199)
})

test('five hundred members who enter a room on two processes all get different names', async (t) => {
  const { processes } = await twoRosters(t, await openTestRedis(JumpingClock.frozen()))
  const seats = await runInBatches(
    500,
    (number) => {
      const { roster } = number % 2 ? processes[0] : processes[1]
      // A member refused by a busy machine tries again.
      return eventually(() => roster.takeSeat(LOBBY, numberedMember(number)))
    },
    100,
  )
  assert.equal(new Set(seats.map(({ name }) => name)).size, 500)
})

test('a member with streams on two processes counts once, and is here until the last stream ends', async (t) => {
  const { processes, advance } = await twoRosters(t, await openTestRedis(JumpingClock.frozen()))
  const [one, other] = processes
  const leave = [
    await one.roster.enter(LOBBY, ADA, 'connected'),
    await other.roster.enter(LOBBY, ADA, 'connected'),
  ]
  await one.roster.enter(LOBBY, BOB, 'connected')
  const ada = await one.roster.seatOf(LOBBY, ADA)
  const bob = await one.roster.seatOf(LOBBY, BOB)
  assert.deepEqual(await other.roster.seatOf(LOBBY, ADA), ada)
  for (const { roster } of processes) {
    assert.equal(await roster.countHere(LOBBY), 2)
    assert.deepEqual((await roster.listPeople(LOBBY, 10)).people, [ada, bob])
    assert.deepEqual(await roster.seatIfHere(LOBBY, ADA), ada)
  }
  assert.deepEqual(takePresenceChanges(one), [{ joined: [ada] }, { joined: [bob] }])
  assert.deepEqual(takePresenceChanges(other), [])
  leave[0]?.()
  await advance(600_000)
  assert.equal(await one.roster.countHere(LOBBY), 2)
  leave[1]?.()
  await advance(5_000)
  assert.equal(await one.roster.countHere(LOBBY), 2)
  await advance(10_000)
  for (const { roster } of processes) assert.equal(await roster.countHere(LOBBY), 1)
  assert.deepEqual(takePresenceChanges(one, other), [{ left: [ada] }])
})

test('the members of a killed process are gone when its lease ends, and their names free a minute later', async (t) => {
  const { processes, advance } = await twoRosters(t, await openTestRedis(JumpingClock.frozen()))
  const [one, other] = processes
  // More members than one script handles.
  await enterAll(one, 450)
  await other.roster.enter(LOBBY, ADA, 'connected')
  await other.roster.enter(LOBBY, numberedMember(7), 'connected')
  const first = await other.roster.seatOf(LOBBY, numberedMember(0))
  takePresenceChanges(one, other)
  one.kill()
  await advance(15_000)
  assert.equal(await other.roster.countHere(LOBBY), 451)
  await advance(20_000)
  assert.equal(await other.roster.countHere(LOBBY), 2)
  const left = takePresenceChanges(other).flatMap((change) => change.left ?? [])
  assert.equal(left.length, 449)
  assert.equal(new Set(left.map(({ tag }) => tag)).size, 449)
  await advance(50_000)
  assert.deepEqual(await other.roster.findFreeNames(LOBBY, [first.name]), [])
  await advance(15_000)
  assert.deepEqual(await other.roster.findFreeNames(LOBBY, [first.name]), [first.name])
  assert.deepEqual(takePresenceChanges(other), [])
})

test('a process that closes removes its streams: members without another stream are gone as usual', async (t) => {
  const { processes, advance } = await twoRosters(t, await openTestRedis(JumpingClock.frozen()))
  const [one, other] = processes
  await enterAll(one, 450)
  await other.roster.enter(LOBBY, ADA, 'connected')
  const leave = await one.roster.enter(LOBBY, BOB, 'connected')
  leave()
  await one.roster.close()
  one.kill()
  await other.roster.enter(LOBBY, numberedMember(7), 'connected')
  await advance(5_000)
  assert.equal(await other.roster.countHere(LOBBY), 452)
  await advance(10_000)
  assert.equal(await other.roster.countHere(LOBBY), 2)
})

test('a process that hung for longer than its lease has its streams back, but not those of silent pages', async (t) => {
  const { processes, advance, testRedis } = await twoRosters(t, await openTestRedis(JumpingClock.frozen()))
  const [one, other] = processes
  await one.roster.enter(LOBBY, ADA, 'confirmed')
  await one.roster.enter(LOBBY, BOB, 'connected')
  await other.roster.enter(LOBBY, numberedMember(1), 'connected')
  const [ada, bob] = (await one.roster.listPeople(LOBBY, 10)).people
  await advance(20_000)
  takePresenceChanges(one, other)
  for (let seconds = 0; seconds < 40; seconds += 5) {
    await testRedis.advance(5_000)
    await other.roster.sweep()
  }
  assert.equal(await other.roster.countHere(LOBBY), 1)
  const left = takePresenceChanges(other).flatMap((change) => change.left ?? [])
  assert.deepEqual(new Set(left), new Set([ada, bob]))
  await advance(1)
  assert.equal(await other.roster.countHere(LOBBY), 2)
  assert.deepEqual(takePresenceChanges(one, other), [{ joined: [bob] }])
  await advance(600_000)
  assert.deepEqual(await other.roster.seatIfHere(LOBBY, BOB), bob)
})

test('a member who is gone is not shown even before a sweep', async (t) => {
  const { processes, testRedis } = await twoRosters(t, await openTestRedis(JumpingClock.frozen()))
  const [one, other] = processes
  const leave = await one.roster.enter(LOBBY, ADA, 'connected')
  await one.roster.enter(LOBBY, BOB, 'connected')
  leave()
  assert.equal(await one.roster.countHere(LOBBY), 2)
  await testRedis.advance(11_000)
  assert.equal(await other.roster.countHere(LOBBY), 1)
  assert.equal(await other.roster.seatIfHere(LOBBY, ADA), undefined)
  assert.deepEqual((await other.roster.listPeople(LOBBY, 10)).people, [await other.roster.seatOf(LOBBY, BOB)])
})

test('a sign of life counts on any process', async (t) => {
  const { processes, advance } = await twoRosters(t, await openTestRedis(JumpingClock.frozen()))
  const [one, other] = processes
  await one.roster.enter(LOBBY, ADA, 'confirmed')
  const ada = await one.roster.seatOf(LOBBY, ADA)
  for (let times = 0; times < 4; times++) {
    await advance(50_000)
    await other.roster.confirmLiveness(LOBBY, ADA)
    assert.equal(await one.roster.countHere(LOBBY), 1)
  }
  assert.deepEqual(takePresenceChanges(one, other), [{ joined: [ada] }])
  await advance(65_000)
  assert.deepEqual(takePresenceChanges(one, other), [{ left: [ada] }])
  await other.roster.confirmLiveness(LOBBY, ADA)
  assert.deepEqual(takePresenceChanges(other), [{ joined: [await one.roster.seatOf(LOBBY, ADA)] }])
  await other.roster.confirmLiveness(LOBBY, BOB)
  assert.deepEqual(takePresenceChanges(one, other), [])
})

test('each presence change is announced once, by one of the processes', async (t) => {
  const { processes, advance } = await twoRosters(t, await openTestRedis(JumpingClock.frozen()))
  const [one, other] = processes
  const leave = [
    await one.roster.enter(LOBBY, ADA, 'connected'),
    await other.roster.enter(LOBBY, ADA, 'connected'),
  ]
  const ada = await one.roster.seatOf(LOBBY, ADA)
  assert.deepEqual(takePresenceChanges(one, other), [{ joined: [ada] }])
  await other.roster.takeName(LOBBY, ADA, GRACE)
  const grace = { ...ada, name: GRACE }
  assert.deepEqual(takePresenceChanges(one, other), [{ renamed: [{ ...grace, before: ada.name }] }])
  for (const undo of leave) undo()
  await advance(50_000)
  assert.deepEqual(takePresenceChanges(one, other), [{ left: [grace] }])
  await Promise.all(processes.map(({ roster }) => roster.enter(LOBBY, ADA, 'connected')))
  assert.deepEqual(takePresenceChanges(one, other), [{ joined: [grace] }])
  await Promise.all(processes.map(({ roster }) => roster.leave(LOBBY, ADA)))
  assert.deepEqual(takePresenceChanges(one, other), [{ left: [grace] }])
})

test('a member who takes a name on one process posts under it on the other at once', async (t) => {
  const { processes } = await twoRosters(t, await openTestRedis(JumpingClock.frozen()))
  const [one, other] = processes
  await other.subscribe(LOBBY)
  const { tag } = await other.roster.takeSeat(LOBBY, ADA)
  await one.roster.takeName(LOBBY, ADA, GRACE)
  await other.waitForSeatChanges(1)
  assert.deepEqual(await other.roster.takeSeat(LOBBY, ADA), { name: GRACE, tag })
  await one.roster.leave(LOBBY, ADA)
  await other.waitForSeatChanges(2)
  assert.notEqual((await other.roster.takeSeat(LOBBY, ADA)).name, GRACE)
})

test('a name that is free again is free on every process', async (t) => {
  const { processes, advance } = await twoRosters(t, await openTestRedis(JumpingClock.frozen()))
  const [one, other] = processes
  await Promise.all(processes.map((process) => process.subscribe(LOBBY)))
  await one.roster.takeName(LOBBY, ADA, GRACE)
  await other.roster.takeSeat(LOBBY, ADA)
  await advance(65_000)
  await other.waitForSeatChanges(2)
  assert.ok(await one.roster.takeName(LOBBY, BOB, GRACE))
  assert.notEqual((await other.roster.takeSeat(LOBBY, ADA)).name, GRACE)
})

test('a member who is here posts without a request to Redis for the name', async (t) => {
  const { testRedis, processes, advance } = await twoRosters(t, await openTestRedis(JumpingClock.frozen()))
  const [one] = processes
  await one.subscribe(LOBBY)
  await one.roster.enter(LOBBY, ADA, 'connected')
  const seat = await one.roster.takeSeat(LOBBY, ADA)
  const calls = async () => {
    const stats = String(await testRedis.redis.command('INFO', 'commandstats'))
    return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1])
  }
  const before = await calls()
  for (let times = 0; times < 100; times++) assert.deepEqual(await one.roster.takeSeat(LOBBY, ADA), seat)
  assert.equal(await calls(), before)
  testRedis.clock.advance(30_000)
  let taken: unknown
  void one.roster.takeSeat(LOBBY, ADA).then((cached) => {
    taken = cached
  })
  // Requests of this turn are sent at its end: no reply of Redis can have arrived yet.
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(taken, seat)
  one.redis.close()
  testRedis.clock.advance(30_000)
  await assert.rejects(one.roster.takeSeat(LOBBY, ADA), refused('busy'))
  await advance(1)
  assert.deepEqual(testRedis.reported, [])
})

test('members are listed in the order in which they came, page by page', async (t) => {
  const { testRedis, processes } = await twoRosters(t, await openTestRedis(JumpingClock.frozen()))
  const [one, other] = processes
  for (let number = 0; number < 450; number++)
    await one.roster.takeName(LOBBY, numberedMember(number), parseName(`Guest ${number}`))
  for (let number = 449; number >= 0; number--) {
    testRedis.clock.advance(1)
    await one.roster.enter(LOBBY, numberedMember(number), 'connected')
  }
  const names = async (limit: number, beginning?: string) =>
    (await other.roster.listPeople(LOBBY, limit, beginning)).people.map(({ name }) => name)
  const all = Array.from({ length: 450 }, (_, index) => `Guest ${449 - index}`)
  assert.deepEqual(await names(1000), all)
  assert.deepEqual(await names(201), all.slice(0, 201))
  assert.deepEqual(await names(3, 'guest 44'), ['Guest 449', 'Guest 448', 'Guest 447'])
  assert.deepEqual(await names(2, 'GUEST 0'), ['Guest 0'])
})

test('Redis holds no room name and no member id in plain text, and every key expires', async (t) => {
  const { testRedis, processes } = await twoRosters(t, await openTestRedis(JumpingClock.frozen()))
  const [one] = processes
  await one.roster.enter(LOBBY, ADA, 'connected')
  await one.roster.takeName(LOBBY, BOB, GRACE)
  const keys = await testRedis.keys()
  assert.ok(keys.length >= 7)
  for (const key of keys) {
    const dump = String(await testRedis.redis.command('DUMP', key))
    for (const secret of [LOBBY, ADA.id, BOB.id]) {
      assert.ok(!key.slice(testRedis.prefix.length).includes(secret), key)
      assert.ok(!dump.includes(secret), `${key} contains ${secret}`)
    }
    assert.ok(Number(await testRedis.redis.command('PTTL', key)) > 0, `${key} never expires`)
  }
  for (const member of [ADA, BOB]) await one.roster.leave(LOBBY, member)
  assert.deepEqual(await testRedis.redis.command('KEYS', `${testRedis.prefix}member:*`), [])
})

test('a full room refuses new members until a membership is free', async (t) => {
  const { testRedis, processes } = await twoRosters(t, await openTestRedis(JumpingClock.frozen()))
  const [one] = processes
  const seat = await one.roster.takeSeat(LOBBY, BOB)
  const key = one.redis.keys.room(LOBBY, 'places')
  const fill = 'for n = ARGV[1], ARGV[2] do redis.call("HSET", KEYS[1], n, "{}") end'
  for (let from = 2; from <= ROOM_MEMBERSHIPS_MAX; from += 2_000) {
    const to = Math.min(from + 1_999, ROOM_MEMBERSHIPS_MAX)
    await testRedis.redis.command('EVAL', fill, '1', key, String(from), String(to))
  }
  await assert.rejects(one.roster.takeSeat(LOBBY, ADA), refused('busy'))
  await assert.rejects(one.roster.takeName(LOBBY, ADA, GRACE), refused('busy'))
  await assert.rejects(one.roster.enter(LOBBY, ADA, 'connected'), refused('busy'))
  assert.deepEqual(await one.roster.takeName(LOBBY, BOB, GRACE), { ...seat, name: GRACE })
  await testRedis.redis.command('HDEL', key, '2')
  await one.roster.enter(LOBBY, ADA, 'connected')
})

test('the rooms of a member are found after one rotation of keys, and not after two', async (t) => {
  const testRedis = await openTestRedis(JumpingClock.frozen())
  t.after(() => testRedis.close())
  const [first, second, third] = [
    FIRST,
    rotateSessionKeys(FIRST),
    rotateSessionKeys(rotateSessionKeys(FIRST)),
  ].map(
    (keys) =>
      new RedisRoster({
        ...testRedis,
        secrets: createSecrets(keys),
        times: ROSTER_TIMES,
        subscribedSince: () => Number.POSITIVE_INFINITY,
        report: (error) => testRedis.reported.push(error),
      }),
  )
  const { name } = (await first?.takeSeat(LOBBY, ADA)) ?? {}
  assert.deepEqual(await second?.roomsOf(ADA), [{ room: LOBBY, name }])
  assert.deepEqual(await third?.roomsOf(ADA), [])
  for (const roster of [first, second, third]) await roster?.close()
  assert.deepEqual(testRedis.reported, [])
})

test('an open roster sweeps its rooms by itself', async (t) => {
  const testRedis = await openTestRedis(JumpingClock.frozen())
  t.after(() => testRedis.close())
  const report = (error: unknown) => void testRedis.reported.push(error)
  const roster = new RedisRoster({
    ...testRedis,
    secrets: testSecrets(),
    times: ROSTER_TIMES,
    subscribedSince: () => Number.POSITIVE_INFINITY,
    report,
  })
  const leave = await roster.enter(LOBBY, ADA, 'connected')
  const left = new Promise<Partial<PresenceChange>>((resolve) => {
    roster.watch((_room, change) => {
      if (change.left) resolve(change)
    })
  })
  leave()
  // Sent over the same connection as the end of the stream, which Redis therefore knows before time advances.
  const seat = await roster.seatOf(LOBBY, ADA)
  await testRedis.advance(11_000)
  assert.deepEqual(await left, { left: [seat] })
  await roster.close()
  assert.deepEqual(testRedis.reported, [])
})

test('when a process is killed, a process with unnamed readers alone tells them who is gone', async (t) => {
  const { processes, advance } = await twoRosters(t, await openTestRedis(JumpingClock.frozen()))
  const [one, two] = processes
  await enterAll(one, 3)
  await two.subscribe(LOBBY)
  // Longer than a room is tracked in which nothing was done here.
  for (let minutes = 0; minutes < 20; minutes++) {
    await advance(60_000)
    assert.equal(await two.roster.countHere(LOBBY), 3)
  }
  takePresenceChanges(one, two)
  one.kill()
  await advance(35_000)
  const left = takePresenceChanges(two).flatMap((change) => change.left ?? [])
  assert.equal(left.length, 3)
})

test('members of a killed process do not count as here once its lease is over, in a room that nobody follows', async (t) => {
  const { processes, testRedis } = await twoRosters(t, await openTestRedis(JumpingClock.frozen()))
  const [one, two] = processes
  await enterAll(one, 3)
  assert.equal(await two.roster.countHere(LOBBY), 3)
  one.kill()
  await testRedis.advance(35_000)
  assert.deepEqual(await two.roster.listPeople(LOBBY, 10), { people: [], count: 0 })
  assert.equal(await two.roster.seatIfHere(LOBBY, numberedMember(1)), undefined)
})
