import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDraft } from '../../src/chat/message.ts'
import { Redis } from '../../src/redis/redis.ts'
import { RedisRoster } from '../../src/roster/redis/roster.ts'
import { RoomScripts } from '../../src/store/redis/scripts.ts'
import { RedisStore } from '../../src/store/redis/store.ts'
import { SWEEP } from '../../src/store/redis/sweep.ts'
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

/** One of the processes on a Redis. Its clock can be set, its machine can sleep, and it may look anew when it is told to. */
async function process(t: TestScope, { url }: RedisServer) {
  let set = 0
  let slept = 0
  const looks = new Set<() => void>()
  const clock = {
    ...systemClock,
    now: () => systemClock.now() + set,
    elapsed: () => systemClock.elapsed() - slept,
    after: (ms: number, run: () => void) => {
      if (ms < 10_000) return systemClock.after(ms, run)
      looks.add(run)
      return () => looks.delete(run)
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
    say: (text: string) => store.append(LOBBY, ADA, AUTHOR, parseDraft({ text })),
    setClock: (ms: number) => {
      set += ms
    },
    sleep: (ms: number) => {
      slept += ms
    },
    look: () => {
      for (const run of [...looks]) {
        looks.delete(run)
        run()
      }
    },
    /** By how much it takes the time of Redis wrongly, in milliseconds. */
    wrong: async () => {
      const [seconds, micros] = (await redis.command('TIME')) as [string, string]
      return Math.abs(redis.now() - Number(seconds) * 1000 - Number(micros) / 1000)
    },
  }
}

test('where a process’s clock is set, nothing ends before its time for anybody, and nothing is of another time', async (t) => {
  const server = await RedisServer.start(t)
  const [one, two] = [await process(t, server), await process(t, server)]
  await one.store.createRoom(LOBBY, A_DAY, 'owner')
  await one.roster.enter(LOBBY, ADA, 'connected')
  await two.roster.enter(LOBBY, BOB, 'connected')
  for (const text of ['one', 'two']) await one.say(text)
  for (const step of [2 * DAY, -4 * DAY]) {
    two.setClock(step)
    // Deletes what is over, before it answers anything else.
    await two.store.changeSettings(LOBBY, A_DAY)
    await two.roster.sweep()
    assert.ok((await two.wrong()) < 60_000)
    assert.ok(Math.abs((await two.say('by the other')).at - (await one.say('by the first')).at) < 60_000)
  }
  for (const { store, roster } of [one, two]) {
    assert.equal((await store.readPage(LOBBY, { kind: 'newest' }, 10)).messages.length, 6)
    assert.equal(await roster.countHere(LOBBY), 2)
  }
})

test('whatever a process takes for the time, Redis deletes what is over by its own, and takes nothing of another', async (t) => {
  const server = await RedisServer.start(t)
  const [one, two] = [await process(t, server), await process(t, server)]
  await one.store.createRoom(LOBBY, A_DAY, 'owner')
  await one.say('one')
  await one.roster.enter(LOBBY, ADA, 'connected')
  for (const wrong of [2 * DAY, -2 * DAY]) {
    two.redis.now = () => systemClock.now() + wrong
    const scripts = new RoomScripts(two.redis, () => undefined)
    assert.deepEqual((await scripts.write(SWEEP, LOBBY, two.redis.now(), [100])).values, [0])
    await two.roster.takeSeat(LOBBY, BOB)
    await two.roster.sweep()
    assert.equal((await two.store.readPage(LOBBY, { kind: 'newest' }, 10)).messages.length, 1)
    assert.equal(await two.roster.countHere(LOBBY), 1)
    await assert.rejects(two.say('of another time'), refused('busy'))
  }
  assert.equal((await one.store.readPage(LOBBY, { kind: 'newest' }, 10)).messages.length, 1)
  assert.equal(await one.roster.countHere(LOBBY), 1)
})

test('a process whose machine slept is refused once, and then knows the time, without an outage', async (t) => {
  const { store, say, sleep, wrong, redis } = await process(t, await RedisServer.start(t))
  const changes: boolean[] = []
  redis.onConnectionChange((up) => changes.push(up))
  await store.createRoom(LOBBY, A_DAY, 'owner')
  for (const ms of [60_000, -60_000]) {
    sleep(ms)
    await assert.rejects(say('refused'), refused('busy'))
    await eventually(async () => assert.ok((await wrong()) < 500))
    await say('taken')
  }
  assert.deepEqual(changes, [])
})

test('a clock that runs fast or slow is compared with Redis’s from time to time', async (t) => {
  const { sleep, wrong, look } = await process(
    t,
    await RedisServer.start(t, { args: ['--appendonly', 'yes', '--appendfsync', 'everysec'] }),
  )
  for (const ms of [5_000, -5_000]) {
    sleep(ms)
    assert.ok((await wrong()) > 4_000)
    look()
    await eventually(async () => assert.ok((await wrong()) < 500))
  }
})
