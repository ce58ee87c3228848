import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Redis } from '../../src/redis/redis.ts'
import { defineScript } from '../../src/redis/script.ts'
import { systemClock } from '../../src/system/clock.ts'
import { eventually } from '../support/eventually.ts'
import { EXHAUSTIBLE_RESOURCES } from '../support/redis/fill-redis.ts'
import { RedisServer, type RedisServerOptions } from '../support/redis/redis-server.ts'
import { refused } from '../support/refused.ts'

async function opened(t: Parameters<typeof RedisServer.start>[0], options?: RedisServerOptions) {
  const server = await RedisServer.start(t, options)
  const reported: unknown[] = []
  const report = (error: unknown) => void reported.push(error)
  const redis = await Redis.open({ url: server.url, prefix: 'snug:', clock: systemClock, report })
  t.after(() => redis.close())
  const is = (up: boolean) =>
    new Promise<void>((resolve) => {
      if (redis.up === up) return resolve()
      const undo = redis.onConnectionChange((now) => {
        if (now !== up) return
        undo()
        resolve()
      })
    })
  return { server, redis, is }
}

test('a script runs whether Redis knows it yet or not', async (t) => {
  const { redis } = await opened(t)
  const echo = defineScript('return { KEYS[1], ARGV[1] }')
  for (let times = 0; times < 2; times++) assert.deepEqual(await redis.run(echo, ['k'], [7]), ['k', '7'])
  await redis.command('SCRIPT', 'FLUSH')
  assert.deepEqual(await redis.run(echo, ['k'], ['x']), ['k', 'x'])
})

test('a Redis that stands still is away within a second, and answers again when it goes on', async (t) => {
  const { server, redis, is } = await opened(t)
  server.pause()
  const asked = performance.now()
  await assert.rejects(redis.command('GET', 'x'), refused('busy'))
  assert.ok(performance.now() - asked < 1_500)
  assert.equal(redis.up, false)
  await assert.rejects(redis.command('GET', 'x'), refused('busy'))
  server.resume()
  await is(true)
  assert.equal(await redis.command('GET', 'x'), null)
})

/** Takes some fifty milliseconds of Redis, in which its clock stands still. */
const SPIN = defineScript('for times = 1, 1e7 do end return "done"')

test('a process that was busy itself does not take Redis for away', async (t) => {
  const { redis } = await opened(t)
  const changes: boolean[] = []
  redis.onConnectionChange((up) => changes.push(up))
  await redis.run(SPIN, [], [])
  const answer = redis.run(SPIN, [], [])
  await new Promise((resolve) => setImmediate(resolve))
  const till = performance.now() + 1_200
  while (performance.now() < till);
  assert.equal(await answer, 'done')
  assert.deepEqual(changes, [])
})

test('a Redis that is slow is waited for no longer than one that is away, and keeps its connection', async (t) => {
  const { redis } = await opened(t)
  const changes: boolean[] = []
  redis.onConnectionChange((up) => changes.push(up))
  await redis.run(SPIN, [], [])
  // So long that Redis reads them one by one.
  const word = ' '.repeat(40_000)
  const answers = await Promise.allSettled(Array.from({ length: 40 }, () => redis.run(SPIN, [], [word])))
  assert.equal(answers[0]?.status, 'fulfilled')
  const last = answers.at(-1)
  assert.ok(last?.status === 'rejected' && refused('busy')(last.reason))
  await eventually(async () => assert.equal(await redis.command('GET', 'x'), null))
  assert.deepEqual(changes, [])
})

test('that it stands still is noticed without anything being asked', async (t) => {
  const { server, is } = await opened(t)
  server.pause()
  await is(false)
  server.resume()
  await is(true)
})

test('a Redis that was killed is found again when it is there again, with another history unless each write was on its disk', async (t) => {
  for (const [args, same] of [
    [['--appendonly', 'yes', '--appendfsync', 'always'], true],
    [['--appendonly', 'yes', '--appendfsync', 'everysec'], false],
  ] as const) {
    const { server, redis, is } = await opened(t, { args })
    const { continuityId } = redis
    await redis.command('SET', 'x', '1')
    await server.kill()
    await is(false)
    await assert.rejects(redis.command('GET', 'x'), refused('busy'))
    await server.start()
    await is(true)
    assert.equal(redis.continuityId === continuityId, same)
  }
})

test('data that was last in use long before its server started may be a copy, and is another history', async (t) => {
  const { server, redis, is } = await opened(t)
  const { continuityId } = redis
  const restart = async () => {
    await server.kill()
    await is(false)
    await server.start()
    await is(true)
  }
  await restart()
  assert.equal(redis.continuityId, continuityId)
  const note = redis.keys.global('continuity')
  const seen = Number(await redis.command('HGET', note, 'seen'))
  await redis.command('HSET', note, 'seen', String(seen - 120_000))
  const another = await Redis.open({ url: server.url, prefix: 'snug:', clock: systemClock, report: () => {} })
  t.after(() => another.close())
  assert.equal(another.continuityId, continuityId, 'the server runs on')
  await redis.command('HSET', note, 'seen', String(seen - 120_000))
  await restart()
  assert.notEqual(redis.continuityId, continuityId)
})

test('a full Redis can be reached, and its history is known', async (t) => {
  const { server, redis } = await opened(t)
  await redis.command('CONFIG', 'SET', 'maxmemory', '1')
  const open = (prefix: string) =>
    Redis.open({ url: server.url, prefix, clock: systemClock, report: () => {} })
  const another = await open('snug:')
  t.after(() => another.close())
  assert.equal(another.continuityId, redis.continuityId)
  await assert.rejects(open('other:'), /OOM/)
})

test('a full Redis refuses what would be stored', async (t) => {
  const { redis } = await opened(t)
  await redis.command('CONFIG', 'SET', 'maxmemory', '1')
  await assert.rejects(redis.command('SET', 'x', '1'), refused('full'))
  assert.equal(await redis.command('GET', 'x'), null)
})

test('a Redis that can write nothing more to its disk says so to whoever asks whether it lives, and is not away', async (t) => {
  const disk = EXHAUSTIBLE_RESOURCES.find(({ resource }) => resource === 'disk')
  assert.ok(disk)
  const { server, redis } = await opened(t, disk)
  const changes: boolean[] = []
  redis.onConnectionChange((up) => changes.push(up))
  await disk.fill(server)
  await eventually(async () => {
    const pings = /cmdstat_ping:.*rejected_calls=(\d+)/.exec(
      String(await server.command('INFO', 'commandstats')),
    )
    assert.ok(Number(pings?.[1] ?? 0) >= 2)
  })
  assert.equal(await redis.command('GET', 'x'), null)
  await assert.rejects(redis.command('SET', 'x', '1'), refused('full'))
  assert.deepEqual(changes, [])
})

test('a server on which Snug could not keep its promises is named, with a line for each reason', async (t) => {
  const server = await RedisServer.start(t, {
    args: ['--maxmemory-policy', 'allkeys-lru', '--replicaof', '127.0.0.1 1'],
  })
  await assert.rejects(
    Redis.open({ url: server.url, prefix: '', clock: systemClock, report: () => {} }),
    ({ message }: Error) => {
      assert.match(message, /^This Redis is a replica.*\n.*noeviction\.$/)
      return true
    },
  )
})

test('kept rooms on a Redis that writes nothing to its disk are named', async (t) => {
  const server = await RedisServer.start(t, { args: [] })
  const open = () => Redis.open({ url: server.url, prefix: 'p:', clock: systemClock, report: () => {} })
  const redis = await open()
  t.after(() => redis.close())
  assert.equal(redis.persistent, false)
  await redis.command('SADD', redis.keys.global('kept'), 'lobby')
  await assert.rejects(open(), /holds kept rooms but writes nothing/)
})

test('of an outage each reason is reported once, however often it is tried to connect', async (t) => {
  const server = await RedisServer.start(t)
  const reported: unknown[] = []
  const report = (error: unknown) => void reported.push(error)
  const redis = await Redis.open({ url: server.url, prefix: 'p:', clock: systemClock, report })
  t.after(() => redis.close())
  await server.kill()
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  assert.ok(reported.length > 0)
  assert.equal(new Set(reported.map(String)).size, reported.length)
})

test('what Redis answers when it is looked at, and is no outage, is reported and not swallowed', async (t) => {
  const server = await RedisServer.start(t, { args: ['--appendonly', 'yes', '--appendfsync', 'always'] })
  const looks: (() => void)[] = []
  const clock = {
    ...systemClock,
    after: (ms: number, run: () => void) => {
      if (ms < 10_000) return systemClock.after(ms, run)
      looks.push(run)
      return () => {}
    },
  }
  const reported: unknown[] = []
  const report = (error: unknown) => void reported.push(error)
  const redis = await Redis.open({ url: server.url, prefix: 'snug:', clock, report })
  t.after(() => redis.close())
  const note = redis.keys.global('continuity')
  await redis.command('DEL', note)
  await redis.command('SET', note, 'not what it was')
  for (const look of looks) look()
  await eventually(async () => assert.match(reported.join(), /WRONGTYPE/))
})
