import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { RateLimits } from '../../src/chat/rate-limit.ts'
import { RedisLimits } from '../../src/limits/redis.ts'
import { SYNC_DELAY_MS } from '../../src/limits/shared-windows.ts'
import type { Redis } from '../../src/redis/redis.ts'
import { limitsContract } from '../contracts/limits.ts'
import { ADA, BOB, testCaller } from '../support/events.ts'
import { eventually } from '../support/eventually.ts'
import { JumpingClock } from '../support/jumping-clock.ts'
import { RedisServer } from '../support/redis/redis-server.ts'
import { openKeyspace, redisForTests, type TestRedis } from '../support/redis/test-redis.ts'
import { refused } from '../support/refused.ts'
import { testSecrets } from '../support/secrets.ts'

const testRedis = redisForTests()

function limitsOver(redis: Redis, { clock, reported }: TestRedis, budgets: RateLimits): RedisLimits {
  const report = (error: unknown) => void reported.push(error)
  return new RedisLimits({ redis, clock, secrets: testSecrets(), report }, budgets)
}

limitsContract('the limits over Redis', async (budgets) => {
  const under = await testRedis(JumpingClock.frozen())
  return {
    limits: limitsOver(under.redis, under, budgets),
    advance: under.advance,
    close: async () => {
      under.close()
      assert.deepEqual(under.reported, [])
    },
  }
})

limitsContract('the limits while Redis is away', async (budgets) => {
  const under = await testRedis(JumpingClock.frozen())
  under.redis.close()
  return {
    limits: limitsOver(under.redis, under, budgets),
    advance: async (ms) => under.clock.advance(ms),
    close: async () => assert.deepEqual(under.reported, []),
  }
})

const BUDGETS: RateLimits = {
  post: { member: { count: 10, windowMs: 1_000 }, address: undefined },
  name: { member: undefined, address: undefined },
  room: { member: undefined, address: { count: 3, windowMs: 3_600_000 } },
}

/** The limits of one of several processes. */
class Process {
  readonly #redis: Redis
  readonly limits: RedisLimits

  constructor(redis: Redis, under: TestRedis) {
    this.#redis = redis
    this.limits = limitsOver(redis, under, BUDGETS)
  }

  /** Resolves when it has told what it spent, and was answered. */
  async told(): Promise<void> {
    await aWhile()
    await this.#redis.command('PING')
    // What comes of an answer that was there before comes in the same turn, maybe after this.
    await new Promise((resolve) => setImmediate(resolve))
  }

  /** How many of so many attempts at the same moment were not refused. */
  async taken(attempts: number): Promise<number> {
    const posts = Array.from({ length: attempts }, () => this.limits.take('post', testCaller(ADA)))
    const outcomes = await Promise.allSettled(posts)
    return outcomes.filter(({ status }) => status === 'fulfilled').length
  }
}

/** What is told so soon is told then: timers of one length end in the order in which they began. */
function aWhile(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SYNC_DELAY_MS))
}

async function twoProcesses(t: TestContext) {
  const under = await testRedis(JumpingClock.frozen())
  t.after(() => under.close())
  const processes = [new Process(under.redis, under), new Process(await under.connectAgain(), under)] as const
  return { under, processes }
}

test('what was spent at one process is spent at the other', async (t) => {
  const { processes } = await twoProcesses(t)
  const [one, other] = processes
  assert.equal(await one.taken(6), 6)
  await one.told()
  assert.equal(await other.taken(1), 1)
  await other.told()
  assert.equal(await other.taken(10), 3)
  await other.told()
  assert.equal(await other.taken(1), 0)
  assert.equal(await one.taken(1), 1, 'it has not heard of the other since')
  await one.told()
  assert.equal(await one.taken(1), 0)
})

test('who goes from process to process with each message has one more than it may, for each other process', async (t) => {
  const { processes } = await twoProcesses(t)
  let passed = 0
  for (let times = 0; times < 40; times++) {
    const process = times % 2 ? processes[0] : processes[1]
    passed += await process.taken(1)
    await process.told()
  }
  assert.ok(passed >= 10 && passed <= 11, `${passed}`)
})

test('who comes to all processes at once has no more than each would give, and then nothing', async (t) => {
  const { processes } = await twoProcesses(t)
  const passed = await Promise.all(processes.map((process) => process.taken(50)))
  assert.deepEqual(passed, [10, 10])
  await Promise.all(processes.map((process) => process.told()))
  assert.deepEqual(await Promise.all(processes.map((process) => process.taken(50))), [0, 0])
})

test('a window is the same at all processes, and began with the first who spent', async (t) => {
  const { under, processes } = await twoProcesses(t)
  const [one, other] = processes
  await one.taken(1)
  await one.told()
  await under.advance(700)
  assert.equal(await other.taken(1), 1)
  await other.told()
  const until = await other.limits.take('post', testCaller(BOB)).then(() => other.taken(8))
  assert.equal(until, 8)
  assert.equal(await other.taken(1), 0)
  await under.advance(310)
  assert.equal(await other.taken(20), 10)
  await other.told()
  assert.equal(await one.taken(1), 1)
  await one.told()
  assert.equal(await one.taken(1), 0)
})

test('what is given back at one process is there again at the other, once it was refused', async (t) => {
  const { under, processes } = await twoProcesses(t)
  const [one, other] = processes
  const giveBack = await one.limits.take('room', testCaller(ADA))
  await one.limits.take('room', testCaller(ADA))
  await one.told()
  await other.limits.take('room', testCaller(BOB))
  await other.told()
  await assert.rejects(other.limits.take('room', testCaller(BOB)), refused('too-many'))
  giveBack()
  giveBack()
  await one.told()
  await under.advance(300)
  await assert.rejects(other.limits.take('room', testCaller(BOB)), refused('too-many'))
  await other.told()
  await other.limits.take('room', testCaller(BOB))
  await other.told()
  await assert.rejects(other.limits.take('room', testCaller(BOB)), refused('too-many'))
})

test('a window that is young when older ones are forgotten lasts as long as it should', async (t) => {
  const { under, processes } = await twoProcesses(t)
  const [one] = processes
  for (let times = 0; times < 3; times++) {
    await under.advance(700)
    assert.equal(await one.taken(20), 10)
    await under.advance(400)
    await one.limits.take('post', testCaller(BOB))
    assert.equal(await one.taken(20), 0)
    await under.advance(650)
  }
})

test('what could not be told is told with what comes next', async (t) => {
  const server = await RedisServer.start(t)
  const under = await openKeyspace(server, JumpingClock.frozen())
  t.after(() => under.close())
  const one = new Process(under.redis, under)
  server.pause()
  await one.limits.take('room', testCaller(ADA))
  await aWhile()
  await server.kill()
  await server.start()
  await eventually(async () => void (await one.told()))
  await one.limits.take('room', testCaller(ADA))
  await one.told()
  const other = new Process(await under.connectAgain(), under)
  await other.limits.take('room', testCaller(ADA))
  await other.told()
  await assert.rejects(other.limits.take('room', testCaller(BOB)), refused('too-many'))
  assert.deepEqual(under.reported, [])
})

test('what is given back to a window that is over makes nothing more in the next, anywhere', async (t) => {
  const { under, processes } = await twoProcesses(t)
  const [one, other] = processes
  const late = await one.limits.take('post', testCaller(ADA))
  await one.told()
  await under.advance(1_050)
  assert.equal(await other.taken(10), 10)
  await other.told()
  late()
  await one.told()
  const giveBack = await one.limits.take('post', testCaller(ADA))
  await one.told()
  giveBack()
  await one.told()
  assert.equal(await one.taken(1), 0)
})

test('what was spent and given back in one turn is not worth a word', async (t) => {
  const { under, processes } = await twoProcesses(t)
  const [one] = processes
  const giveBack = await one.limits.take('post', testCaller(ADA))
  giveBack()
  await one.told()
  assert.deepEqual(await under.keys(), [])
})

test('neither members nor addresses stand in Redis, and nothing outlives its window', async (t) => {
  const { under, processes } = await twoProcesses(t)
  const [one] = processes
  await one.limits.take('post', testCaller(ADA))
  await one.limits.take('room', testCaller(ADA))
  await one.told()
  const keys = await under.keys()
  assert.equal(keys.length, 2)
  for (const key of keys) {
    assert.match(key.slice(under.prefix.length), /^spent:[\w-]{24}$/)
    assert.deepEqual(Object.keys(await hash(under.redis, key)).sort(), ['end', 'spent'])
  }
  await under.advance(1_000)
  assert.equal((await under.keys()).length, 1)
  await under.advance(3_600_000)
  assert.deepEqual(await under.keys(), [])
})

async function hash(redis: Redis, key: string): Promise<object> {
  return (await redis.command('HGETALL', key)) as object
}
