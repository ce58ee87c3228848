import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Redis } from '../../src/redis/redis.ts'
import { UnusableRedis } from '../../src/redis/unusable-redis.ts'
import { openRedisSessionKeys, rotateRedisSessionKeys } from '../../src/secrets/redis-session-keys.ts'
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
  const cookie = opened.setCookie?.split(';')[0]
  const { session } = opened
  const second = await open(await connectAgain())
  assert.deepEqual(sessionsOf(second).open(cookie), { session, setCookie: undefined })
  assert.deepEqual(await rotateRedisSessionKeys(redis), first)
  const third = await open(await connectAgain())
  assert.equal(third.former, first.current)
  const renewed = sessionsOf(third).open(cookie)
  assert.deepEqual(renewed.session, session)
  assert.ok(renewed.setCookie, 'the cookie must be signed again')
  assert.deepEqual(await rotateRedisSessionKeys(redis), third)
  const fourth = await open(await connectAgain())
  assert.equal(sessionsOf(fourth).read(cookie), undefined)
  assert.deepEqual(sessionsOf(fourth).read(renewed.setCookie?.split(';')[0]), session)
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
