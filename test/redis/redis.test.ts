import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Redis } from '../../src/redis/redis.ts'
import { defineScript } from '../../src/redis/script.ts'
import { systemClock } from '../../src/system/clock.ts'
import { eventually } from '../support/eventually.ts'
import { EXHAUSTIBLE_RESOURCES } from '../support/redis/fill-redis.ts'
import { RedisServer, type RedisServerOptions } from '../support/redis/redis-server.ts'
import { refused } from '../support/refused.ts'
import { within } from '../support/within.ts'

async function opened(t: Parameters<typeof RedisServer.start>[0], options?: RedisServerOptions) {
  const server = await RedisServer.start(t, options)
  const reported: unknown[] = []
  const report = (error: unknown) => void reported.push(error)
  const redis = await Redis.open({ url: server.url, prefix: 'snug:', clock: systemClock, report })
  t.after(() => redis.close())
  const isUp = (up: boolean) =>
    new Promise<void>((resolve) => {
      if (redis.up === up) return resolve()
      const undo = redis.onConnectionChange((now) => {
        if (now !== up) return
        undo()
        resolve()
      })
    })
  return { server, redis, isUp }
}

test('a script runs whether or not Redis has cached it', async (t) => {
  const { redis } = await opened(t)
  const echo = defineScript('return { KEYS[1], ARGV[1] }')
  for (let times = 0; times < 2; times++) assert.deepEqual(await redis.run(echo, ['k'], [7]), ['k', '7'])
  await redis.command('SCRIPT', 'FLUSH')
  assert.deepEqual(await redis.run(echo, ['k'], ['x']), ['k', 'x'])
})

test('P7: a Redis that hangs counts as away within a second, and replies again when it resumes', async (t) => {
  const { server, redis, isUp } = await opened(t)
  server.pause()
  await assert.rejects(within(1_000, redis.command('GET', 'x')), refused('busy'))
  assert.equal(redis.up, false)
  await assert.rejects(redis.command('GET', 'x'), refused('busy'))
  server.resume()
  await isUp(true)
  assert.equal(await redis.command('GET', 'x'), null)
})

/** Keeps Redis busy. Its clock stands still meanwhile, so that the script can only count. */
const SPIN = defineScript('for times = 1, ARGV[1] do end return "done"')

/** How often the script counts in `ms` milliseconds, on this machine as busy as it is. */
async function countIn(redis: Redis, ms: number): Promise<number> {
  const sample = 1e6
  const times: number[] = []
  while (times.length < 5) {
    const startedAt = performance.now()
    await redis.run(SPIN, [], [sample])
    times.push(performance.now() - startedAt)
  }
  return Math.ceil((sample * ms) / Math.min(...times))
}

test('a process that was busy itself does not mistake Redis for being away', async (t) => {
  const { redis } = await opened(t)
  const changes: boolean[] = []
  redis.onConnectionChange((up) => changes.push(up))
  const reply = redis.run(SPIN, [], [await countIn(redis, 20)])
  await new Promise((resolve) => setImmediate(resolve))
  const end = performance.now() + 1_200
  while (performance.now() < end);
  assert.equal(await reply, 'done')
  assert.deepEqual(changes, [])
})

test('P7: a command to a slow Redis is refused as if it were away, and the connection stays open', async (t) => {
  const { redis } = await opened(t)
  const changes: boolean[] = []
  redis.onConnectionChange((up) => changes.push(up))
  const count = await countIn(redis, 25)
  // Long enough that Redis reads the commands one by one.
  const argument = ' '.repeat(40_000)
  const commands = Array.from({ length: 100 }, () => redis.run(SPIN, [], [count, argument]))
  const replies = await Promise.allSettled(commands)
  assert.equal(replies[0]?.status, 'fulfilled')
  const last = replies.at(-1)
  assert.ok(last?.status === 'rejected' && refused('busy')(last.reason))
  await eventually(async () => assert.equal(await redis.command('GET', 'x'), null))
  assert.deepEqual(changes, [])
})

test('a Redis that hangs is noticed even when nothing is sent to it', async (t) => {
  const { server, isUp } = await opened(t)
  server.pause()
  await isUp(false)
  server.resume()
  await isUp(true)
})

test('a process reconnects to a restarted Redis, with a new continuity id unless every write was synced', async (t) => {
  for (const [args, same] of [
    [['--appendonly', 'yes', '--appendfsync', 'always'], true],
    [['--appendonly', 'yes', '--appendfsync', 'everysec'], false],
  ] as const) {
    const { server, redis, isUp } = await opened(t, { args })
    const { continuityId } = redis
    await redis.command('SET', 'x', '1')
    await server.kill()
    await isUp(false)
    await assert.rejects(redis.command('GET', 'x'), refused('busy'))
    await server.start()
    await isUp(true)
    assert.equal(redis.continuityId === continuityId, same)
  }
})

test('data last used long before its server started may be a backup and gets a new continuity id', async (t) => {
  const { server, redis, isUp } = await opened(t)
  const { continuityId } = redis
  const restart = async () => {
    await server.kill()
    await isUp(false)
    await server.start()
    await isUp(true)
  }
  await restart()
  assert.equal(redis.continuityId, continuityId)
  const record = redis.keys.global('continuity')
  const seen = Number(await redis.command('HGET', record, 'seen'))
  await redis.command('HSET', record, 'seen', String(seen - 120_000))
  const another = await Redis.open({ url: server.url, prefix: 'snug:', clock: systemClock, report: () => {} })
  t.after(() => another.close())
  assert.equal(another.continuityId, continuityId, 'the server is still in the same run')
  await redis.command('HSET', record, 'seen', String(seen - 120_000))
  await restart()
  assert.notEqual(redis.continuityId, continuityId)
})

test('a process can connect to a full Redis and read its continuity id', async (t) => {
  const { server, redis } = await opened(t)
  await redis.command('CONFIG', 'SET', 'maxmemory', '1')
  const open = (prefix: string) =>
    Redis.open({ url: server.url, prefix, clock: systemClock, report: () => {} })
  const another = await open('snug:')
  t.after(() => another.close())
  assert.equal(another.continuityId, redis.continuityId)
  await assert.rejects(open('other:'), /OOM/)
})

test('a full Redis refuses writes and still serves reads', async (t) => {
  const { redis } = await opened(t)
  await redis.command('CONFIG', 'SET', 'maxmemory', '1')
  await assert.rejects(redis.command('SET', 'x', '1'), refused('full'))
  assert.equal(await redis.command('GET', 'x'), null)
})

test('a Redis with a full disk refuses even pings, but does not count as away', async (t) => {
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

test('a server on which Snug could not keep its promises is rejected with one line per reason', async (t) => {
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

test('a Redis that holds kept rooms and writes nothing to its disk is rejected', async (t) => {
  const server = await RedisServer.start(t, { args: [] })
  const open = () => Redis.open({ url: server.url, prefix: 'p:', clock: systemClock, report: () => {} })
  const redis = await open()
  t.after(() => redis.close())
  assert.equal(redis.persistent, false)
  await redis.command('SADD', redis.keys.global('kept'), 'lobby')
  await assert.rejects(open(), /holds kept rooms but writes nothing/)
})

test('each error of an outage is reported once, however many attempts to connect fail', async (t) => {
  const server = await RedisServer.start(t)
  const reported: unknown[] = []
  const report = (error: unknown) => void reported.push(error)
  let attempts = 0
  const clock = {
    ...systemClock,
    after: (ms: number, run: () => void) =>
      systemClock.after(ms, () => {
        if (!redis.up) attempts++
        run()
      }),
  }
  const redis = await Redis.open({ url: server.url, prefix: 'p:', clock, report })
  t.after(() => redis.close())
  await server.kill()
  await eventually(async () => assert.ok(attempts > 5))
  assert.ok(reported.length > 0)
  assert.equal(new Set(reported.map(String)).size, reported.length)
})

test('an error of the regular upkeep is reported unless Redis is away', async (t) => {
  const server = await RedisServer.start(t, { args: ['--appendonly', 'yes', '--appendfsync', 'always'] })
  const longTimers: (() => void)[] = []
  const clock = {
    ...systemClock,
    after: (ms: number, run: () => void) => {
      if (ms < 10_000) return systemClock.after(ms, run)
      longTimers.push(run)
      return () => {}
    },
  }
  const reported: unknown[] = []
  const report = (error: unknown) => void reported.push(error)
  const redis = await Redis.open({ url: server.url, prefix: 'snug:', clock, report })
  t.after(() => redis.close())
  const record = redis.keys.global('continuity')
  await redis.command('DEL', record)
  await redis.command('SET', record, 'not a hash')
  for (const run of longTimers) run()
  await eventually(async () => assert.match(reported.join(), /WRONGTYPE/))
})
