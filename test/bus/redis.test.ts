import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { RedisBus } from '../../src/bus/redis.ts'
import { epochTime, formatId } from '../../src/chat/event.ts'
import { parseDraft } from '../../src/chat/message.ts'
import type { Bus } from '../../src/chat/ports/bus.ts'
import { REPLY_TIMEOUT_MS } from '../../src/redis/connection.ts'
import { Redis } from '../../src/redis/redis.ts'
import { systemClock } from '../../src/system/clock.ts'
import { busContract } from '../contracts/bus.ts'
import { ADA, AUTHOR, BOB, LOBBY } from '../support/events.ts'
import { eventually } from '../support/eventually.ts'
import { RecordingListener } from '../support/recording-listener.ts'
import { FSYNC_ALWAYS, RedisServer } from '../support/redis/redis-server.ts'
import { redisForTests } from '../support/redis/test-redis.ts'
import { refused } from '../support/refused.ts'
import { testSecrets } from '../support/secrets.ts'
import { within } from '../support/within.ts'

const open = redisForTests()
const nothing = () => {}

busContract('the bus in Redis', async () => {
  const testRedis = await open()
  const report = (error: unknown) => void testRedis.reported.push(error)
  const { redis, url, clock } = testRedis
  const secrets = testSecrets()
  const bus = await RedisBus.open({
    redis,
    url,
    clock,
    secrets,
    onConnectionChange: nothing,
    onFollow: nothing,
    onMessage: nothing,
    report,
  })
  return {
    bus,
    advance: testRedis.advance,
    close: async () => {
      bus.close()
      testRedis.close()
      assert.deepEqual(testRedis.reported, [])
    },
  }
})

const post = (bus: Bus, text: string, key?: string) => bus.post(LOBBY, ADA, AUTHOR, parseDraft({ text, key }))

/** The clock of Redis, as a process knows it, may be wrong by this much. */
const CLOCK_ERROR_MS = 300

/** The bus of one of several processes. */
async function process(t: TestContext, { url }: RedisServer) {
  const redis = await Redis.open({ url, prefix: 'snug:', clock: systemClock, report: nothing })
  const changes: boolean[] = []
  let changed = nothing
  const bus = await RedisBus.open({
    redis,
    url,
    clock: systemClock,
    secrets: testSecrets(),
    onConnectionChange: (up) => {
      changes.push(up)
      changed()
    },
    onFollow: nothing,
    onMessage: nothing,
    report: nothing,
  })
  t.after(() => {
    bus.close()
    redis.close()
  })
  const isUp = async (up: boolean) => {
    while (changes.at(-1) !== up)
      await new Promise<void>((resolve) => {
        changed = resolve
      })
  }
  return { redis, bus, isUp }
}

test('P4: messages posted on two processes reach both in the same order, and a key counts on both', async (t) => {
  const server = await RedisServer.start(t)
  const [one, two] = [await process(t, server), await process(t, server)]
  const listeners = [new RecordingListener(), new RecordingListener()]
  await one.bus.listen(LOBBY, listeners[0]?.listen ?? nothing)
  await two.bus.listen(LOBBY, listeners[1]?.listen ?? nothing)
  const posts = Array.from({ length: 200 }, (_, number) => post((number % 2 ? one : two).bus, `${number}`))
  const ids = (await Promise.all(posts)).map(({ id }) => id.seq).sort((a, b) => a - b)
  assert.deepEqual(
    ids,
    Array.from({ length: 200 }, (_, index) => index + 1),
  )
  for (const listener of listeners) await listener.waitForTexts(200)
  assert.deepEqual(listeners[0]?.events, listeners[1]?.events)
  const once = await post(one.bus, 'once', 'k')
  assert.deepEqual((await post(two.bus, 'once', 'k')).id, once.id)
  await assert.rejects(post(two.bus, 'twice', 'k'), refused('invalid'))
})

test('P8: a listener whose subscription broke receives the position of the room', async (t) => {
  const server = await RedisServer.start(t)
  const [one, two] = [await process(t, server), await process(t, server)]
  const listener = new RecordingListener()
  await two.bus.listen(LOBBY, listener.listen)
  await two.bus.top(LOBBY)
  await post(one.bus, 'before')
  await listener.waitForTexts(1)
  // The next message is lost and none follows it: only the check of the top id can notice that.
  await server.command('CLIENT', 'KILL', 'TYPE', 'pubsub')
  const { id } = await post(one.bus, 'missed')
  const [position] = await listener.waitForPositions(1)
  assert.deepEqual(position?.id, id)
  await post(one.bus, 'after')
  await listener.waitForTexts(2)
  assert.deepEqual(await listener.waitForTexts(2), ['before', 'after'])
})

test('P8: the loss of the first event after a subscription is noticed within six seconds', async (t) => {
  const server = await RedisServer.start(t)
  const [one, two] = [await process(t, server), await process(t, server)]
  const listener = new RecordingListener()
  // The feed of a kept room reads the top from the store, so that the bus has not seen any id.
  await two.bus.listen(LOBBY, listener.listen)
  await server.command('CLIENT', 'KILL', 'TYPE', 'pubsub')
  const { id } = await post(one.bus, 'missed')
  const [position] = await within(6_000, listener.waitForPositions(1))
  assert.deepEqual(position?.id, id)
  assert.deepEqual(two.bus.lastSeen(LOBBY), id, 'needed to notice that Redis lost the event later')
})

test('P7: while Redis hangs a post is refused within a second, not accepted later, and can be repeated', async (t) => {
  const server = await RedisServer.start(t)
  const { bus, redis, isUp } = await process(t, server)
  const listener = new RecordingListener()
  await bus.listen(LOBBY, listener.listen)
  server.pause()
  const sentAt = redis.now()
  await assert.rejects(within(1_000, post(bus, 'once', 'k')), refused('busy'))
  // Then the post that waits in a socket of Redis is too old to be accepted.
  await eventually(async () => assert.ok(redis.now() - sentAt > REPLY_TIMEOUT_MS + CLOCK_ERROR_MS))
  server.resume()
  await isUp(true)
  const { id } = await post(bus, 'once', 'k')
  assert.equal(id.seq, 1)
  assert.deepEqual(await listener.waitForTexts(1), ['once'])
})

test('a room continues in a new epoch after Redis lost its last writes, and no id is used twice', async (t) => {
  const server = await RedisServer.start(t, { args: [] })
  const { bus, isUp, redis } = await process(t, server)
  await post(bus, 'one')
  await redis.command('SAVE')
  const lost = await post(bus, 'two')
  await server.kill()
  await isUp(false)
  await server.start()
  await isUp(true)
  const next = await post(bus, 'three')
  assert.ok(epochTime(next.id.epoch) > epochTime(lost.id.epoch), formatId(next.id))
})

test('a process that saw later events begins a new epoch when Redis went back to an earlier state', async (t) => {
  const server = await RedisServer.start(t, { args: FSYNC_ALWAYS })
  const [one, two] = [await process(t, server), await process(t, server)]
  const listener = new RecordingListener()
  await one.bus.listen(LOBBY, listener.listen)
  await one.bus.top(LOBBY)
  for (const text of ['one', 'two', 'three']) await post(two.bus, text)
  await listener.waitForTexts(3)
  const { id } = await post(two.bus, 'four')
  await listener.waitForTexts(4)
  await server.command('HSET', one.redis.keys.room(LOBBY, 'n'), 'seq', '1')
  const [position] = await listener.waitForPositions(1)
  assert.ok(position && epochTime(position.id.epoch) > epochTime(id.epoch))
  const next = await two.bus.post(LOBBY, BOB, AUTHOR, parseDraft({ text: 'five' }))
  assert.deepEqual(next.id, { epoch: position.id.epoch, seq: 5 })
})

test('the numbers of a room last while it has listeners and for an hour after', async () => {
  const testRedis = await open()
  const { redis, url, clock } = testRedis
  const bus = await RedisBus.open({
    redis,
    url,
    clock,
    secrets: testSecrets(),
    onConnectionChange: nothing,
    onFollow: nothing,
    onMessage: nothing,
    report: nothing,
  })
  const listener = new RecordingListener()
  const stopListening = await bus.listen(LOBBY, listener.listen)
  const first = await post(bus, 'one')
  const numbers = redis.keys.room(LOBBY, 'n')
  await testRedis.advance(50 * 60_000)
  await eventually(async () => assert.ok(Number(await redis.command('PTTL', numbers)) > 20 * 60_000))
  await testRedis.advance(50 * 60_000)
  assert.deepEqual((await post(bus, 'two')).id, { ...first.id, seq: 2 })
  stopListening()
  await testRedis.advance(61 * 60_000)
  assert.equal((await bus.top(LOBBY)).seq, 0)
  bus.close()
  testRedis.close()
})

test('P3: the text of a vanishing room does not appear in the slow log of Redis', async (t) => {
  const server = await RedisServer.start(t, { args: [...FSYNC_ALWAYS, '--slowlog-log-slower-than', '0'] })
  const { bus } = await process(t, server)
  await post(bus, 'canary')
  await post(bus, 'canary', 'k')
  const log = JSON.stringify(await server.command('SLOWLOG', 'GET', '-1'))
  assert.match(log, /evalsha/i)
  assert.ok(!log.includes('canary'))
})
