import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { RateLimits } from '../../src/chat/limits/rate-limit.ts'
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

const openTestRedis = redisForTests()

function limitsOver(redis: Redis, { clock, reported }: TestRedis, rateLimits: RateLimits): RedisLimits {
  const report = (error: unknown) => void reported.push(error)
  return new RedisLimits({ redis, clock, secrets: testSecrets(), report }, rateLimits)
}

limitsContract('the limits in Redis', async (rateLimits) => {
  const testRedis = await openTestRedis(JumpingClock.frozen())
  return {
    limits: limitsOver(testRedis.redis, testRedis, rateLimits),
    advance: testRedis.advance,
    close: async () => {
      testRedis.close()
      assert.deepEqual(testRedis.reported, [])
    },
  }
})

limitsContract('the limits while Redis is away', async (rateLimits) => {
  const testRedis = await openTestRedis(JumpingClock.frozen())
  testRedis.redis.close()
  return {
    limits: limitsOver(testRedis.redis, testRedis, rateLimits),
    advance: async (ms) => testRedis.clock.advance(ms),
    close: async () => assert.deepEqual(testRedis.reported, []),
  }
})

const RATE_LIMITS: RateLimits = {
  post: { member: { count: 10, windowMs: 1_000 }, address: undefined },
  name: { member: undefined, address: undefined },
  room: { member: undefined, address: { count: 3, windowMs: 3_600_000 } },
}

/** The limits of one of several processes. */
class Process {
  readonly #redis: Redis
  readonly limits: RedisLimits

  constructor(redis: Redis, testRedis: TestRedis) {
    this.#redis = redis
    this.limits = limitsOver(redis, testRedis, RATE_LIMITS)
  }

  /** Resolves when its uses are synced and the replies have been handled. */
  async synced(): Promise<void> {
    await syncDelay()
    await this.#redis.command('PING')
    // The reply to the sync has arrived before, but may be handled later in the same turn.
    await new Promise((resolve) => setImmediate(resolve))
  }

  /** Makes this many attempts to post at once, and counts those that were not refused. */
  async countAllowed(attempts: number): Promise<number> {
    const posts = Array.from({ length: attempts }, () => this.limits.take('post', testCaller(ADA)))
    const results = await Promise.allSettled(posts)
    return results.filter(({ status }) => status === 'fulfilled').length
  }
}

/** Resolves when a pending sync has begun: timers of the same length end in the order in which they began. */
function syncDelay(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SYNC_DELAY_MS))
}

async function twoProcesses(t: TestContext) {
  const testRedis = await openTestRedis(JumpingClock.frozen())
  t.after(() => testRedis.close())
  const processes = [
    new Process(testRedis.redis, testRedis),
    new Process(await testRedis.connectAgain(), testRedis),
  ] as const
  return { testRedis, processes }
}

test('a use on one process counts on the other', async (t) => {
  const { processes } = await twoProcesses(t)
  const [one, other] = processes
  assert.equal(await one.countAllowed(6), 6)
  await one.synced()
  assert.equal(await other.countAllowed(1), 1)
  await other.synced()
  assert.equal(await other.countAllowed(10), 3)
  await other.synced()
  assert.equal(await other.countAllowed(1), 0)
  assert.equal(await one.countAllowed(1), 1, 'it has not synced since')
  await one.synced()
  assert.equal(await one.countAllowed(1), 0)
})

test('a member who changes the process with each message gets one more for each other process', async (t) => {
  const { processes } = await twoProcesses(t)
  let passed = 0
  for (let times = 0; times < 40; times++) {
    const process = times % 2 ? processes[0] : processes[1]
    passed += await process.countAllowed(1)
    await process.synced()
  }
  assert.ok(passed >= 10 && passed <= 11, `${passed}`)
})

test('a member who uses all processes at once gets at most what each would allow, and then nothing', async (t) => {
  const { processes } = await twoProcesses(t)
  const passed = await Promise.all(processes.map((process) => process.countAllowed(50)))
  assert.deepEqual(passed, [10, 10])
  await Promise.all(processes.map((process) => process.synced()))
  assert.deepEqual(await Promise.all(processes.map((process) => process.countAllowed(50))), [0, 0])
})

test('a window is the same on all processes and begins with the first use', async (t) => {
  const { testRedis, processes } = await twoProcesses(t)
  const [one, other] = processes
  await one.countAllowed(1)
  await one.synced()
  await testRedis.advance(700)
  assert.equal(await other.countAllowed(1), 1)
  await other.synced()
  const allowed = await other.limits.take('post', testCaller(BOB)).then(() => other.countAllowed(8))
  assert.equal(allowed, 8)
  assert.equal(await other.countAllowed(1), 0)
  await testRedis.advance(310)
  assert.equal(await other.countAllowed(20), 10)
  await other.synced()
  assert.equal(await one.countAllowed(1), 1)
  await one.synced()
  assert.equal(await one.countAllowed(1), 0)
})

test('a use that is given back on one process is free on the other, after a refusal there', async (t) => {
  const { testRedis, processes } = await twoProcesses(t)
  const [one, other] = processes
  const giveBack = await one.limits.take('room', testCaller(ADA))
  await one.limits.take('room', testCaller(ADA))
  await one.synced()
  await other.limits.take('room', testCaller(BOB))
  await other.synced()
  await assert.rejects(other.limits.take('room', testCaller(BOB)), refused('too-many'))
  giveBack()
  giveBack()
  await one.synced()
  await testRedis.advance(300)
  await assert.rejects(other.limits.take('room', testCaller(BOB)), refused('too-many'))
  await other.synced()
  await other.limits.take('room', testCaller(BOB))
  await other.synced()
  await assert.rejects(other.limits.take('room', testCaller(BOB)), refused('too-many'))
})

test('a young window keeps its length when older ones are forgotten', async (t) => {
  const { testRedis, processes } = await twoProcesses(t)
  const [one] = processes
  for (let times = 0; times < 3; times++) {
    await testRedis.advance(700)
    assert.equal(await one.countAllowed(20), 10)
    await testRedis.advance(400)
    await one.limits.take('post', testCaller(BOB))
    assert.equal(await one.countAllowed(20), 0)
    await testRedis.advance(650)
  }
})

test('uses that could not be synced are synced together with the next', async (t) => {
  const server = await RedisServer.start(t)
  const testRedis = await openKeyspace(server, JumpingClock.frozen())
  t.after(() => testRedis.close())
  const one = new Process(testRedis.redis, testRedis)
  server.pause()
  await one.limits.take('room', testCaller(ADA))
  await syncDelay()
  await server.kill()
  await server.start()
  await eventually(async () => void (await one.synced()))
  await one.limits.take('room', testCaller(ADA))
  await one.synced()
  const other = new Process(await testRedis.connectAgain(), testRedis)
  await other.limits.take('room', testCaller(ADA))
  await other.synced()
  await assert.rejects(other.limits.take('room', testCaller(BOB)), refused('too-many'))
  assert.deepEqual(testRedis.reported, [])
})

test('giving back to an expired window does not allow more in the next, on any process', async (t) => {
  const { testRedis, processes } = await twoProcesses(t)
  const [one, other] = processes
  const late = await one.limits.take('post', testCaller(ADA))
  await one.synced()
  await testRedis.advance(1_050)
  assert.equal(await other.countAllowed(10), 10)
  await other.synced()
  late()
  await one.synced()
  const giveBack = await one.limits.take('post', testCaller(ADA))
  await one.synced()
  giveBack()
  await one.synced()
  assert.equal(await one.countAllowed(1), 0)
})

test('a use that is given back at once is not sent to Redis', async (t) => {
  const { testRedis, processes } = await twoProcesses(t)
  const [one] = processes
  const giveBack = await one.limits.take('post', testCaller(ADA))
  giveBack()
  await one.synced()
  assert.deepEqual(await testRedis.keys(), [])
})

test('Redis holds no member id and no address in plain text, and no key outlives its window', async (t) => {
  const { testRedis, processes } = await twoProcesses(t)
  const [one] = processes
  await one.limits.take('post', testCaller(ADA))
  await one.limits.take('room', testCaller(ADA))
  await one.synced()
  const keys = await testRedis.keys()
  assert.equal(keys.length, 2)
  for (const key of keys) {
    assert.match(key.slice(testRedis.prefix.length), /^spent:[\w-]{24}$/)
    assert.deepEqual(Object.keys(await hash(testRedis.redis, key)).sort(), ['end', 'spent'])
  }
  await testRedis.advance(1_000)
  assert.equal((await testRedis.keys()).length, 1)
  await testRedis.advance(3_600_000)
  assert.deepEqual(await testRedis.keys(), [])
})

async function hash(redis: Redis, key: string): Promise<object> {
  return (await redis.command('HGETALL', key)) as object
}
