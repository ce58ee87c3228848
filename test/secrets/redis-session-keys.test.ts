import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Redis } from '../../src/redis/redis.ts'
import { UnusableRedis } from '../../src/redis/unusable-redis.ts'
import {
  agreeOn,
  openRedisSessionKeys,
  rotateRedisSessionKeys,
  shareSessionKeys,
} from '../../src/secrets/redis-session-keys.ts'
import { createSecrets } from '../../src/secrets/secrets.ts'
import { generateSessionKeys, type SessionKeys } from '../../src/secrets/session-keys.ts'
import { Sessions } from '../../src/web/visitor/session.ts'
import { eventually } from '../support/eventually.ts'
import { JumpingClock } from '../support/jumping-clock.ts'
import { RedisServer } from '../support/redis/redis-server.ts'
import { openKeyspace, redisForTests } from '../support/redis/test-redis.ts'

const testRedis = redisForTests()

async function openTestKeys(t: TestContext) {
  const keyspace = await testRedis(JumpingClock.frozen())
  t.after(() => {
    keyspace.close()
    assert.deepEqual(keyspace.reported, [])
  })
  const open = (redis: Redis) => openRedisSessionKeys(redis, (error) => keyspace.reported.push(error))
  return { ...keyspace, open, key: keyspace.redis.keys.global('session-keys') }
}

test('processes that start at the same moment get the same keys, which never expire', async (t) => {
  const { redis, connectAgain, open, key } = await openTestKeys(t)
  const other = await connectAgain()
  const all = await Promise.all(Array.from({ length: 20 }, (_, number) => open(number % 2 ? redis : other)))
  for (const keys of all) assert.deepEqual(keys, all[0])
  assert.equal(await redis.command('PTTL', key), -1)
})

test('a cookie of one process is valid in another one, and after a rotation', async (t) => {
  const { redis, connectAgain, open, clock } = await openTestKeys(t)
  const sessionsOf = (keys: SessionKeys) => new Sessions(clock, createSecrets(keys), false)
  const first = await open(redis)
  const opened = sessionsOf(first).open(undefined)
  const cookie = opened.setCookies[0]?.split(';')[0]
  const { session } = opened
  const second = await open(await connectAgain())
  assert.deepEqual(sessionsOf(second).open(cookie), { session, setCookies: [] })
  assert.deepEqual(await rotateRedisSessionKeys(redis), first)
  const third = await open(await connectAgain())
  assert.equal(third.former, first.current)
  const renewed = sessionsOf(third).open(cookie)
  assert.deepEqual(renewed.session, session)
  assert.ok(renewed.setCookies[0], 'the cookie must be signed again')
  assert.deepEqual(await rotateRedisSessionKeys(redis), third)
  const fourth = await open(await connectAgain())
  assert.equal(sessionsOf(fourth).read(cookie), undefined)
  assert.deepEqual(sessionsOf(fourth).read(renewed.setCookies[0]?.split(';')[0]), session)
})

test('concurrent rotations happen one after the other', async (t) => {
  const { redis, connectAgain, open } = await openTestKeys(t)
  await open(redis)
  const other = await connectAgain()
  const before = await Promise.all(
    Array.from({ length: 10 }, (_, number) => rotateRedisSessionKeys(number % 2 ? redis : other)),
  )
  assert.equal(new Set(before.map((keys) => keys?.current)).size, 10)
})

test('a rotation without keys does nothing', async (t) => {
  const { redis, key } = await openTestKeys(t)
  assert.equal(await rotateRedisSessionKeys(redis), undefined)
  assert.equal(await redis.command('EXISTS', key), 0)
})

test('damaged keys are reported and left unchanged', async (t) => {
  const { redis, open, key } = await openTestKeys(t)
  for (const damaged of ['', 'short', `${generateSessionKeys().current}\n`, `a\nb\nc`]) {
    await redis.command('SET', key, damaged)
    for (const attempt of [() => open(redis), () => rotateRedisSessionKeys(redis)])
      await assert.rejects(attempt(), (error: unknown) => {
        assert.ok(error instanceof UnusableRedis)
        assert.match(
          error.message,
          /^The session keys in this Redis \(.*session-keys\) are damaged\. [^\n]*$/,
        )
        return true
      })
    assert.equal(await redis.command('GET', key), damaged)
  }
})

test('running processes write their keys back to a Redis that lost them', async (t) => {
  const server = await RedisServer.start(t, { args: [] })
  const { redis, connectAgain, close, reported } = await openKeyspace(server, JumpingClock.frozen())
  t.after(close)
  const keys = await openRedisSessionKeys(redis, (error) => reported.push(error))
  await server.kill()
  await server.start()
  await eventually(async () => assert.ok(await redis.command('GET', redis.keys.global('session-keys'))))
  assert.deepEqual(await openRedisSessionKeys(await connectAgain(), (error) => reported.push(error)), keys)
  assert.deepEqual(reported, [])
})

/** A process that shares its keys, as long as the test runs. */
async function startSharing(t: TestContext, redis: Redis, reported: unknown[]) {
  const opening = shareSessionKeys(
    redis,
    (error) => reported.push(error),
    (keys) => secrets.useKeys(keys),
  )
  const { keys, check } = await opening
  const secrets = createSecrets(keys)
  const sessions = new Sessions(JumpingClock.frozen(), secrets, false)
  t.after(() => redis.close())
  return {
    redis,
    sessions,
    secrets,
    check,
    newCookie: () => sessions.open(undefined).setCookies[0]?.split(';')[0] ?? '',
  }
}

type Sharing = Awaited<ReturnType<typeof startSharing>>

/** Each process knows the cookies of all. */
async function assertOneChat(processes: readonly Sharing[]): Promise<void> {
  for (const { newCookie } of processes) {
    const cookie = newCookie()
    for (const { sessions } of processes) assert.ok(sessions.read(cookie), 'a cookie is not known everywhere')
  }
  const [tag, ...others] = processes.map(({ secrets }) => secrets.digest('tag', 'lobby', 'ada'))
  for (const other of others) assert.equal(other, tag)
}

test('after FLUSHALL, running processes write their keys back without a new connection', async (t) => {
  const server = await RedisServer.start(t)
  const { redis, connectAgain, close, reported } = await openKeyspace(server, JumpingClock.frozen())
  t.after(close)
  const [one, two] = [
    await startSharing(t, redis, reported),
    await startSharing(t, await connectAgain(), reported),
  ]
  const cookie = one.newCookie()
  await server.command('FLUSHALL')
  await eventually(async () => assert.ok(await redis.command('GET', redis.keys.global('session-keys'))))
  const three = await startSharing(t, await connectAgain(), reported)
  assert.ok(three.sessions.read(cookie))
  await assertOneChat([one, two, three])
  assert.deepEqual(reported, [])
})

test('processes that made different keys agree on both: every session stays valid, and tags stay as they were', async (t) => {
  const server = await RedisServer.start(t)
  const { redis, connectAgain, close, reported } = await openKeyspace(server, JumpingClock.frozen())
  t.after(close)
  const [one, two] = [
    await startSharing(t, redis, reported),
    await startSharing(t, await connectAgain(), reported),
  ]
  const tag = one.secrets.digest('tag', 'lobby', 'ada')
  const before = one.newCookie()
  // Another process, on a Redis that was emptied, was faster than the check.
  await server.command('FLUSHALL')
  const three = await startSharing(t, await connectAgain(), reported)
  const since = three.newCookie()
  await eventually(async () => {
    await assertOneChat([one, two, three])
    for (const { sessions, secrets } of [one, two, three]) {
      assert.ok(sessions.read(before) && sessions.read(since))
      assert.equal(secrets.digest('tag', 'lobby', 'ada'), tag)
    }
  })
})

test('a rotated key is accepted by running processes before it signs, and cookies are then renewed', async (t) => {
  const { redis, connectAgain, reported } = await openTestKeys(t)
  const processes = [
    await startSharing(t, redis, reported),
    await startSharing(t, await connectAgain(), reported),
    await startSharing(t, await connectAgain(), reported),
  ]
  const [one] = processes
  const cookie = one?.newCookie() ?? ''
  await rotateRedisSessionKeys(redis)
  await eventually(async () => {
    // At any moment: a cookie of one that signs with the new key is known to the others.
    await assertOneChat(processes)
    for (const { sessions } of processes)
      assert.ok(sessions.open(cookie).setCookies[0], 'it must be signed again')
  })
})

test('keys that were rotated away are accepted no more, however soon the rotations follow', async (t) => {
  const { redis, reported } = await openTestKeys(t)
  const one = await startSharing(t, redis, reported)
  const cookie = one.newCookie()
  for (let times = 0; times < 2; times++) await rotateRedisSessionKeys(redis)
  await eventually(async () => assert.equal(one.sessions.read(cookie), undefined))
})

test('any two processes agree, whichever keys they have and whoever compares them first', () => {
  const texts = ['a', 'b', 'c', 'd']
  const all = texts.flatMap((current) =>
    [undefined, ...texts].filter((former) => former !== current).map((former) => ({ current, former })),
  )
  for (const own of all)
    for (const other of all) {
      let stored = other
      let [one, two] = [own, other]
      for (let round = 0; round < 4; round++) {
        stored = one = agreeOn(one, stored) as typeof own
        stored = two = agreeOn(two, stored) as typeof own
      }
      assert.deepEqual([one, two], [stored, stored], JSON.stringify({ own, other }))
    }
})
