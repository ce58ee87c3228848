import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Seat } from '../../../src/chat/member.ts'
import { parseName } from '../../../src/chat/names/name.ts'
import type { PresenceChange } from '../../../src/chat/signal.ts'
import { ROOM_MEMBERSHIPS_MAX } from '../../../src/roster/redis/membership-lua.ts'
import { RedisRoster } from '../../../src/roster/redis/roster.ts'
import { createSecrets } from '../../../src/secrets/secrets.ts'
import { generateSessionKeys, rotateSessionKeys } from '../../../src/secrets/session-keys.ts'
import { ADA, BOB, LOBBY } from '../../support/events.ts'
import { eventually } from '../../support/eventually.ts'
import { JumpingClock } from '../../support/jumping-clock.ts'
import { enterAll, numberedMember, runInBatches, told, twoRosters } from '../../support/redis/rosters.ts'
import { redisForTests } from '../../support/redis/test-redis.ts'
import { refused } from '../../support/refused.ts'
import { ROSTER_TIMES } from '../../support/roster-times.ts'
import { testSecrets } from '../../support/secrets.ts'

const testRedis = redisForTests()
const GRACE = parseName('Grace')
const FIRST = generateSessionKeys()

test('two hundred who race for one name on two processes get it once', async (t) => {
  const { processes } = await twoRosters(t, await testRedis(JumpingClock.frozen()))
  const claims = await Promise.all(
    Array.from({ length: 200 }, async (_, number) => {
      let seat: Seat | undefined
      // Whom a busy machine refuses asks again, and has the name still if it was theirs.
      await eventually(async () => {
        seat = await (number % 2 ? processes[0] : processes[1]).roster.takeName(
          LOBBY,
          numberedMember(number),
          GRACE,
        )
      })
      return seat
    }),
  )
  assert.equal(claims.filter((seat) => seat?.name === GRACE).length, 1)
  assert.equal(claims.filter((seat) => seat === undefined).length, 199)
})

test('five hundred who come to a room over two processes have names of their own', async (t) => {
  const { processes } = await twoRosters(t, await testRedis(JumpingClock.frozen()))
  const seats = await runInBatches(
    500,
    (number) => (number % 2 ? processes[0] : processes[1]).roster.takeSeat(LOBBY, numberedMember(number)),
    100,
  )
  assert.equal(new Set(seats.map(({ name }) => name)).size, 500)
})

test('a member with streams on both processes is one, and here until the last of them', async (t) => {
  const { processes, advance } = await twoRosters(t, await testRedis(JumpingClock.frozen()))
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
  assert.deepEqual(told(one), [{ joined: [ada] }, { joined: [bob] }])
  assert.deepEqual(told(other), [])
  leave[0]?.()
  await advance(600_000)
  assert.equal(await one.roster.countHere(LOBBY), 2)
  leave[1]?.()
  await advance(5_000)
  assert.equal(await one.roster.countHere(LOBBY), 2)
  await advance(10_000)
  for (const { roster } of processes) assert.equal(await roster.countHere(LOBBY), 1)
  assert.deepEqual(told(one, other), [{ left: [ada] }])
})

test('the members of a process that was killed go when its lease is over, and their names a minute later', async (t) => {
  const { processes, advance } = await twoRosters(t, await testRedis(JumpingClock.frozen()))
  const [one, other] = processes
  // More than one script looks at.
  await enterAll(one, 450)
  await other.roster.enter(LOBBY, ADA, 'connected')
  await other.roster.enter(LOBBY, numberedMember(7), 'connected')
  const first = await other.roster.seatOf(LOBBY, numberedMember(0))
  told(one, other)
  one.kill()
  await advance(15_000)
  assert.equal(await other.roster.countHere(LOBBY), 451)
  await advance(20_000)
  assert.equal(await other.roster.countHere(LOBBY), 2)
  const left = told(other).flatMap((change) => change.left ?? [])
  assert.equal(left.length, 449)
  assert.equal(new Set(left.map(({ tag }) => tag)).size, 449)
  await advance(50_000)
  assert.deepEqual(await other.roster.findFreeNames(LOBBY, [first.name]), [])
  await advance(15_000)
  assert.deepEqual(await other.roster.findFreeNames(LOBBY, [first.name]), [first.name])
  assert.deepEqual(told(other), [])
})

test('a process that closes takes its streams out: who comes to no other goes as after any stream', async (t) => {
  const { processes, advance } = await twoRosters(t, await testRedis(JumpingClock.frozen()))
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

test('a process that stood still for longer than its lease is here again when it goes on, but not who was silent', async (t) => {
  const { processes, advance, testRedis: under } = await twoRosters(t, await testRedis(JumpingClock.frozen()))
  const [one, other] = processes
  await one.roster.enter(LOBBY, ADA, 'confirmed')
  await one.roster.enter(LOBBY, BOB, 'connected')
  await other.roster.enter(LOBBY, numberedMember(1), 'connected')
  const [ada, bob] = (await one.roster.listPeople(LOBBY, 10)).people
  await advance(20_000)
  told(one, other)
  for (let seconds = 0; seconds < 40; seconds += 5) {
    await under.advance(5_000)
    await other.roster.sweep()
  }
  assert.equal(await other.roster.countHere(LOBBY), 1)
  const left = told(other).flatMap((change) => change.left ?? [])
  assert.deepEqual(new Set(left), new Set([ada, bob]))
  await advance(1)
  assert.equal(await other.roster.countHere(LOBBY), 2)
  assert.deepEqual(told(one, other), [{ joined: [bob] }])
  await advance(600_000)
  assert.deepEqual(await other.roster.seatIfHere(LOBBY, BOB), bob)
})

test('who is gone is not shown any more, before anybody has looked after it', async (t) => {
  const { processes, testRedis: under } = await twoRosters(t, await testRedis(JumpingClock.frozen()))
  const [one, other] = processes
  const leave = await one.roster.enter(LOBBY, ADA, 'connected')
  await one.roster.enter(LOBBY, BOB, 'connected')
  leave()
  assert.equal(await one.roster.countHere(LOBBY), 2)
  await under.advance(11_000)
  assert.equal(await other.roster.countHere(LOBBY), 1)
  assert.equal(await other.roster.seatIfHere(LOBBY, ADA), undefined)
  assert.deepEqual((await other.roster.listPeople(LOBBY, 10)).people, [await other.roster.seatOf(LOBBY, BOB)])
})

test('a sign of life counts at whatever process it arrives', async (t) => {
  const { processes, advance } = await twoRosters(t, await testRedis(JumpingClock.frozen()))
  const [one, other] = processes
  await one.roster.enter(LOBBY, ADA, 'confirmed')
  const ada = await one.roster.seatOf(LOBBY, ADA)
  for (let times = 0; times < 4; times++) {
    await advance(50_000)
    await other.roster.confirmLiveness(LOBBY, ADA)
    assert.equal(await one.roster.countHere(LOBBY), 1)
  }
  assert.deepEqual(told(one, other), [{ joined: [ada] }])
  await advance(65_000)
  assert.deepEqual(told(one, other), [{ left: [ada] }])
  await other.roster.confirmLiveness(LOBBY, ADA)
  assert.deepEqual(told(other), [{ joined: [await one.roster.seatOf(LOBBY, ADA)] }])
  await other.roster.confirmLiveness(LOBBY, BOB)
  assert.deepEqual(told(one, other), [])
})

test('each change is told once, by one of the processes', async (t) => {
  const { processes, advance } = await twoRosters(t, await testRedis(JumpingClock.frozen()))
  const [one, other] = processes
  const leave = [
    await one.roster.enter(LOBBY, ADA, 'connected'),
    await other.roster.enter(LOBBY, ADA, 'connected'),
  ]
  const ada = await one.roster.seatOf(LOBBY, ADA)
  assert.deepEqual(told(one, other), [{ joined: [ada] }])
  await other.roster.takeName(LOBBY, ADA, GRACE)
  const grace = { ...ada, name: GRACE }
  assert.deepEqual(told(one, other), [{ renamed: [{ ...grace, before: ada.name }] }])
  for (const undo of leave) undo()
  await advance(50_000)
  assert.deepEqual(told(one, other), [{ left: [grace] }])
  await Promise.all(processes.map(({ roster }) => roster.enter(LOBBY, ADA, 'connected')))
  assert.deepEqual(told(one, other), [{ joined: [grace] }])
  await Promise.all(processes.map(({ roster }) => roster.leave(LOBBY, ADA)))
  assert.deepEqual(told(one, other), [{ left: [grace] }])
})

test('a name that was taken on one process is taken on the other at once, wherever the member posts', async (t) => {
  const { processes } = await twoRosters(t, await testRedis(JumpingClock.frozen()))
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

test('a name that is free again is known to be on every process', async (t) => {
  const { processes, advance } = await twoRosters(t, await testRedis(JumpingClock.frozen()))
  const [one, other] = processes
  await Promise.all(processes.map((process) => process.subscribe(LOBBY)))
  await one.roster.takeName(LOBBY, ADA, GRACE)
  await other.roster.takeSeat(LOBBY, ADA)
  await advance(65_000)
  await other.waitForSeatChanges(2)
  assert.ok(await one.roster.takeName(LOBBY, BOB, GRACE))
  assert.notEqual((await other.roster.takeSeat(LOBBY, ADA)).name, GRACE)
})

test('whoever posts while they are here needs no word with Redis for their name', async (t) => {
  const { testRedis: under, processes, advance } = await twoRosters(t, await testRedis(JumpingClock.frozen()))
  const [one] = processes
  await one.subscribe(LOBBY)
  await one.roster.enter(LOBBY, ADA, 'connected')
  const seat = await one.roster.takeSeat(LOBBY, ADA)
  const calls = async () => {
    const stats = String(await under.redis.command('INFO', 'commandstats'))
    return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1])
  }
  const before = await calls()
  for (let times = 0; times < 100; times++) assert.deepEqual(await one.roster.takeSeat(LOBBY, ADA), seat)
  assert.equal(await calls(), before)
  under.clock.advance(30_000)
  let taken: unknown
  void one.roster.takeSeat(LOBBY, ADA).then((known) => {
    taken = known
  })
  // What is asked in this turn is sent at its end: no answer of Redis can be here.
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(taken, seat)
  one.redis.close()
  under.clock.advance(30_000)
  await assert.rejects(one.roster.takeSeat(LOBBY, ADA), refused('busy'))
  await advance(1)
  assert.deepEqual(under.reported, [])
})

test('who is here is listed in the order of coming, page by page', async (t) => {
  const { testRedis: under, processes } = await twoRosters(t, await testRedis(JumpingClock.frozen()))
  const [one, other] = processes
  for (let number = 0; number < 450; number++)
    await one.roster.takeName(LOBBY, numberedMember(number), parseName(`Guest ${number}`))
  for (let number = 449; number >= 0; number--) {
    under.clock.advance(1)
    await one.roster.enter(LOBBY, numberedMember(number), 'connected')
  }
  const names = async (limit: number, beginning?: string) =>
    (await other.roster.listPeople(LOBBY, limit, beginning)).people.map(({ name }) => name)
  const all = Array.from({ length: 450 }, (_, place) => `Guest ${449 - place}`)
  assert.deepEqual(await names(1000), all)
  assert.deepEqual(await names(201), all.slice(0, 201))
  assert.deepEqual(await names(3, 'guest 44'), ['Guest 449', 'Guest 448', 'Guest 447'])
  assert.deepEqual(await names(2, 'GUEST 0'), ['Guest 0'])
})

test('no room, member or address of theirs stands in Redis in plain, and nothing stays there', async (t) => {
  const { testRedis: under, processes } = await twoRosters(t, await testRedis(JumpingClock.frozen()))
  const [one] = processes
  await one.roster.enter(LOBBY, ADA, 'connected')
  await one.roster.takeName(LOBBY, BOB, GRACE)
  const keys = await under.keys()
  assert.ok(keys.length >= 7)
  for (const key of keys) {
    const dump = String(await under.redis.command('DUMP', key))
    for (const secret of [LOBBY, ADA.id, BOB.id]) {
      assert.ok(!key.slice(under.prefix.length).includes(secret), key)
      assert.ok(!dump.includes(secret), `${key} says ${secret}`)
    }
    assert.ok(Number(await under.redis.command('PTTL', key)) > 0, `${key} stays`)
  }
  for (const who of [ADA, BOB]) await one.roster.leave(LOBBY, who)
  assert.deepEqual(await under.redis.command('KEYS', `${under.prefix}member:*`), [])
})

test('a room has so many places and no more, until some are free', async (t) => {
  const { testRedis: under, processes } = await twoRosters(t, await testRedis(JumpingClock.frozen()))
  const [one] = processes
  const seat = await one.roster.takeSeat(LOBBY, BOB)
  const key = one.redis.keys.room(LOBBY, 'places')
  const fill = 'for n = ARGV[1], ARGV[2] do redis.call("HSET", KEYS[1], n, "{}") end'
  for (let from = 2; from <= ROOM_MEMBERSHIPS_MAX; from += 2_000) {
    const to = Math.min(from + 1_999, ROOM_MEMBERSHIPS_MAX)
    await under.redis.command('EVAL', fill, '1', key, String(from), String(to))
  }
  await assert.rejects(one.roster.takeSeat(LOBBY, ADA), refused('busy'))
  await assert.rejects(one.roster.takeName(LOBBY, ADA, GRACE), refused('busy'))
  await assert.rejects(one.roster.enter(LOBBY, ADA, 'connected'), refused('busy'))
  assert.deepEqual(await one.roster.takeName(LOBBY, BOB, GRACE), { ...seat, name: GRACE })
  await under.redis.command('HDEL', key, '2')
  await one.roster.enter(LOBBY, ADA, 'connected')
})

test('rooms are found again over a rotation of keys, and not without any of them', async (t) => {
  const under = await testRedis(JumpingClock.frozen())
  t.after(() => under.close())
  const [first, second, third] = [
    FIRST,
    rotateSessionKeys(FIRST),
    rotateSessionKeys(rotateSessionKeys(FIRST)),
  ].map(
    (keys) =>
      new RedisRoster({
        ...under,
        secrets: createSecrets(keys),
        times: ROSTER_TIMES,
        subscribedSince: () => Number.POSITIVE_INFINITY,
        report: (error) => under.reported.push(error),
      }),
  )
  const { name } = (await first?.takeSeat(LOBBY, ADA)) ?? {}
  assert.deepEqual(await second?.roomsOf(ADA), [{ room: LOBBY, name }])
  assert.deepEqual(await third?.roomsOf(ADA), [])
  for (const roster of [first, second, third]) await roster?.close()
  assert.deepEqual(under.reported, [])
})

test('a roster looks after its rooms by itself, for as long as it is open', async (t) => {
  const under = await testRedis(JumpingClock.frozen())
  t.after(() => under.close())
  const report = (error: unknown) => void under.reported.push(error)
  const roster = new RedisRoster({
    ...under,
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
  // Asked over the same connection: the leaving is known before time passes over another.
  const seat = await roster.seatOf(LOBBY, ADA)
  await under.advance(11_000)
  assert.deepEqual(await left, { left: [seat] })
  await roster.close()
  assert.deepEqual(under.reported, [])
})
