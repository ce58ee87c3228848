import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { RedisBus } from '../../src/bus/redis.ts'
import { epochTime, formatId } from '../../src/chat/event.ts'
import { parseDraft } from '../../src/chat/message.ts'
import type { Bus } from '../../src/chat/ports/bus.ts'
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

const open = redisForTests()
const nothing = () => {}

busContract('the bus in Redis', async () => {
  const under = await open()
  const report = (error: unknown) => void under.reported.push(error)
  const { redis, url, clock } = under
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
    advance: under.advance,
    close: async () => {
      bus.close()
      under.close()
      assert.deepEqual(under.reported, [])
    },
  }
})

const say = (bus: Bus, text: string, key?: string) => bus.post(LOBBY, ADA, AUTHOR, parseDraft({ text, key }))

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

test('what one process posts all hear, in one order', async (t) => {
  const server = await RedisServer.start(t)
  const [one, two] = [await process(t, server), await process(t, server)]
  const listeners = [new RecordingListener(), new RecordingListener()]
  await one.bus.listen(LOBBY, listeners[0]?.listen ?? nothing)
  await two.bus.listen(LOBBY, listeners[1]?.listen ?? nothing)
  const posts = Array.from({ length: 200 }, (_, number) => say((number % 2 ? one : two).bus, `${number}`))
  const ids = (await Promise.all(posts)).map(({ id }) => id.seq).sort((a, b) => a - b)
  assert.deepEqual(
    ids,
    Array.from({ length: 200 }, (_, index) => index + 1),
  )
  for (const listener of listeners) await listener.waitForTexts(200)
  assert.deepEqual(listeners[0]?.events, listeners[1]?.events)
  const once = await say(one.bus, 'once', 'k')
  assert.deepEqual((await say(two.bus, 'once', 'k')).id, once.id)
  await assert.rejects(say(two.bus, 'twice', 'k'), refused('invalid'))
})

test('what was published while a process heard nothing is told by where the room stands', async (t) => {
  const server = await RedisServer.start(t)
  const [one, two] = [await process(t, server), await process(t, server)]
  const listener = new RecordingListener()
  await two.bus.listen(LOBBY, listener.listen)
  await two.bus.top(LOBBY)
  await say(one.bus, 'heard')
  await listener.waitForTexts(1)
  // Nobody publishes on it again: only the look at the top can notice.
  await server.command('CLIENT', 'KILL', 'TYPE', 'pubsub')
  const { id } = await say(one.bus, 'missed')
  const [standing] = await listener.waitForPositions(1)
  assert.deepEqual(standing?.id, id)
  await say(one.bus, 'heard again')
  await listener.waitForTexts(2)
  assert.deepEqual(await listener.waitForTexts(2), ['heard', 'heard again'])
})

test('that the first event since a room is followed was lost on its way is noticed within six seconds', async (t) => {
  const server = await RedisServer.start(t)
  const [one, two] = [await process(t, server), await process(t, server)]
  const listener = new RecordingListener()
  // Where a kept room's feed begins is asked of the store, and the bus does not hear of it.
  await two.bus.listen(LOBBY, listener.listen)
  await server.command('CLIENT', 'KILL', 'TYPE', 'pubsub')
  const { id } = await say(one.bus, 'missed')
  const lost = performance.now()
  const [standing] = await listener.waitForPositions(1)
  assert.deepEqual(standing?.id, id)
  assert.ok(performance.now() - lost < 7_000, 'and a bit more on a busy machine')
  assert.deepEqual(two.bus.lastSeen(LOBBY), id, 'a Redis that is put back is noticed by it')
})

test('a post is refused within a second while Redis stands still, is not taken later, and can be sent again', async (t) => {
  const server = await RedisServer.start(t)
  const { bus, isUp } = await process(t, server)
  const listener = new RecordingListener()
  await bus.listen(LOBBY, listener.listen)
  server.pause()
  const asked = performance.now()
  await assert.rejects(say(bus, 'once', 'k'), refused('busy'))
  assert.ok(performance.now() - asked < 1_500, 'and a bit more on a busy machine')
  // So long that what waits in the sockets of Redis is too old to be taken.
  await new Promise((resolve) => setTimeout(resolve, 300))
  server.resume()
  await isUp(true)
  const { id } = await say(bus, 'once', 'k')
  assert.equal(id.seq, 1)
  assert.deepEqual(await listener.waitForTexts(1), ['once'])
})

test('a Redis that lost its last writes goes on in a new epoch, and no id comes twice', async (t) => {
  const server = await RedisServer.start(t, { args: [] })
  const { bus, isUp, redis } = await process(t, server)
  await say(bus, 'one')
  await redis.command('SAVE')
  const lost = await say(bus, 'two')
  await server.kill()
  await isUp(false)
  await server.start()
  await isUp(true)
  const next = await say(bus, 'three')
  assert.ok(epochTime(next.id.epoch) > epochTime(lost.id.epoch), formatId(next.id))
})

test('a Redis that was put back to an earlier state while it ran is noticed by those who know better', async (t) => {
  const server = await RedisServer.start(t, { args: FSYNC_ALWAYS })
  const [one, two] = [await process(t, server), await process(t, server)]
  const listener = new RecordingListener()
  await one.bus.listen(LOBBY, listener.listen)
  await one.bus.top(LOBBY)
  for (const text of ['one', 'two', 'three']) await say(two.bus, text)
  await listener.waitForTexts(3)
  const { id } = await say(two.bus, 'four')
  await listener.waitForTexts(4)
  await server.command('HSET', one.redis.keys.room(LOBBY, 'n'), 'seq', '1')
  const [standing] = await listener.waitForPositions(1)
  assert.ok(standing && epochTime(standing.id.epoch) > epochTime(id.epoch))
  const next = await two.bus.post(LOBBY, BOB, AUTHOR, parseDraft({ text: 'five' }))
  assert.deepEqual(next.id, { epoch: standing.id.epoch, seq: 5 })
})

test('the numbers of a room last as long as somebody listens, and an hour longer', async () => {
  const under = await open()
  const { redis, url, clock } = under
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
  const leave = await bus.listen(LOBBY, listener.listen)
  const first = await say(bus, 'one')
  const numbers = redis.keys.room(LOBBY, 'n')
  await under.advance(50 * 60_000)
  await eventually(async () => assert.ok(Number(await redis.command('PTTL', numbers)) > 20 * 60_000))
  await under.advance(50 * 60_000)
  assert.deepEqual((await say(bus, 'two')).id, { ...first.id, seq: 2 })
  leave()
  await under.advance(61 * 60_000)
  assert.equal((await bus.top(LOBBY)).seq, 0)
  bus.close()
  under.close()
})

test('no text of a vanishing room is in Redis’s slow log', async (t) => {
  const server = await RedisServer.start(t, { args: [...FSYNC_ALWAYS, '--slowlog-log-slower-than', '0'] })
  const { bus } = await process(t, server)
  await say(bus, 'canary')
  await say(bus, 'canary', 'k')
  const log = JSON.stringify(await server.command('SLOWLOG', 'GET', '-1'))
  assert.match(log, /evalsha/i)
  assert.ok(!log.includes('canary'))
})
