import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDraft } from '../../src/chat/message.ts'
import { Redis } from '../../src/redis/redis.ts'
import { RedisRoster } from '../../src/roster/redis/roster.ts'
import { SWEEP } from '../../src/store/redis/lua/sweep.ts'
import { RoomScripts } from '../../src/store/redis/scripts.ts'
import { RedisStore } from '../../src/store/redis/store.ts'
import { systemClock } from '../../src/system/clock.ts'
import { ADA, AUTHOR, BOB, LOBBY } from '../support/events.ts'
import { eventually } from '../support/eventually.ts'
import type { TestScope } from '../support/process/snug-process.ts'
import { RedisServer } from '../support/redis/redis-server.ts'
import { refused } from '../support/refused.ts'
import { ROSTER_TIMES } from '../support/roster-times.ts'
import { testSecrets } from '../support/secrets.ts'

const DAY = 86_400_000
const A_DAY = { retention: DAY, keep: undefined, listed: false }

/** One of several processes. Its wall clock can be set, its machine can sleep, and its long timers run on demand. */
async function process(t: TestScope, { url }: RedisServer) {
  let wallClockOffset = 0
  let sleptMs = 0
  const longTimers = new Set<() => void>()
  const clock = {
    ...systemClock,
    now: () => systemClock.now() + wallClockOffset,
    elapsed: () => systemClock.elapsed() - sleptMs,
    after: (ms: number, run: () => void) => {
      if (ms < 10_000) return systemClock.after(ms, run)
      longTimers.add(run)
      return () => longTimers.delete(run)
    },
  }
  const report = (error: unknown) => assert.fail(String(error))
  const redis = await Redis.open({ url, prefix: 'snug:', clock, report })
  const subscribedSince = () => Number.POSITIVE_INFINITY
  const tools = { redis, clock, secrets: testSecrets(), subscribedSince, report }
  const store = new RedisStore({ ...tools, newestSeen: () => undefined })
  const roster = new RedisRoster({ ...tools, times: ROSTER_TIMES })
  t.after(async () => {
    await store.close()
    await roster.close()
    redis.close()
  })
  return {
    redis,
    store,
    roster,
    post: (text: string) => store.append(LOBBY, ADA, AUTHOR, parseDraft({ text })),
    setClock: (ms: number) => {
      wallClockOffset += ms
    },
    sleep: (ms: number) => {
      sleptMs += ms
    },
    runLongTimers: () => {
      for (const run of [...longTimers]) {
        longTimers.delete(run)
        run()
      }
    },
    /** By how much it mistakes the time of Redis, in milliseconds. */
    clockError: async () => {
      const [seconds, micros] = (await redis.command('TIME')) as [string, string]
      return Math.abs(redis.now() - Number(seconds) * 1000 - Number(micros) / 1000)
    },
  }
}

test('setting the wall clock of a process makes nothing expire early, and no message gets a wrong time', async (t) => {
  const server = await RedisServer.start(t)
  const [one, two] = [await process(t, server), await process(t, server)]
  await one.store.createRoom(LOBBY, A_DAY, 'owner')
  await one.roster.enter(LOBBY, ADA, 'connected')
  await two.roster.enter(LOBBY, BOB, 'connected')
  for (const text of ['one', 'two']) await one.post(text)
  for (const step of [2 * DAY, -4 * DAY]) {
    two.setClock(step)
    // Deletes expired messages before anything else.
    await two.store.changeSettings(LOBBY, A_DAY)
    await two.roster.sweep()
    assert.ok((await two.clockError()) < 60_000)
    assert.ok(Math.abs((await two.post('by the other')).at - (await one.post('by the first')).at) < 60_000)
  }
  for (const { store, roster } of [one, two]) {
    assert.equal((await store.readPage(LOBBY, { kind: 'newest' }, 10)).messages.length, 6)
    assert.equal(await roster.countHere(LOBBY), 2)
  }
})

test('Redis expires data by its own clock, and rejects messages from a process with another time', async (t) => {
  const server = await RedisServer.start(t)
  const [one, two] = [await process(t, server), await process(t, server)]
  await one.store.createRoom(LOBBY, A_DAY, 'owner')
  await one.post('one')
  await one.roster.enter(LOBBY, ADA, 'connected')
  for (const offset of [2 * DAY, -2 * DAY]) {
    two.redis.now = () => systemClock.now() + offset
    const scripts = new RoomScripts(two.redis, () => undefined)
    assert.deepEqual((await scripts.write(SWEEP, LOBBY, two.redis.now(), [100])).values, [0])
    await two.roster.takeSeat(LOBBY, BOB)
    await two.roster.sweep()
    assert.equal((await two.store.readPage(LOBBY, { kind: 'newest' }, 10)).messages.length, 1)
    assert.equal(await two.roster.countHere(LOBBY), 1)
    await assert.rejects(two.post('of another time'), refused('busy'))
  }
  assert.equal((await one.store.readPage(LOBBY, { kind: 'newest' }, 10)).messages.length, 1)
  assert.equal(await one.roster.countHere(LOBBY), 1)
})

test('a process whose machine slept is refused once and then has the right time, without an outage', async (t) => {
  const { store, post, sleep, clockError, redis } = await process(t, await RedisServer.start(t))
  const changes: boolean[] = []
  redis.onConnectionChange((up) => changes.push(up))
  await store.createRoom(LOBBY, A_DAY, 'owner')
  for (const ms of [60_000, -60_000]) {
    sleep(ms)
    await assert.rejects(post('refused'), refused('busy'))
    await eventually(async () => assert.ok((await clockError()) < 500))
    await post('taken')
  }
  assert.deepEqual(changes, [])
})

test('a clock that runs fast or slow is regularly corrected by the clock of Redis', async (t) => {
  const { sleep, clockError, runLongTimers } = await process(
    t,
    await RedisServer.start(t, { args: ['--appendonly', 'yes', '--appendfsync', 'everysec'] }),
  )
  for (const ms of [5_000, -5_000]) {
    sleep(ms)
    assert.ok((await clockError()) > 4_000)
    runLongTimers()
    await eventually(async () => assert.ok((await clockError()) < 500))
  }
})
