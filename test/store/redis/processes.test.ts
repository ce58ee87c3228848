import assert from 'node:assert/strict'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createClient } from '@redis/client'
import { authorDigest } from '../../../src/chat/author-digest.ts'
import { type EventId, epochTime, type Posted } from '../../../src/chat/event.ts'
import type { Member } from '../../../src/chat/member.ts'
import { parseDraft } from '../../../src/chat/message.ts'
import { parseSlug } from '../../../src/chat/room.ts'
import type { Redis } from '../../../src/redis/redis.ts'
import { RoomIndex } from '../../../src/store/redis/room-index.ts'
import { ADA, AUTHOR, BOB, LOBBY } from '../../support/events.ts'
import { RedisServer } from '../../support/redis/redis-server.ts'
import { redisForTests } from '../../support/redis/test-redis.ts'
import { openStoreOn, openTestRedisStore, type StoreProcess } from '../../support/redis/test-redis-store.ts'
import { refused } from '../../support/refused.ts'
import { FOREVER } from '../../support/store/test-store.ts'

const open = redisForTests()

function say({ store }: StoreProcess, text: string, who: Member = ADA, key?: string): Promise<Posted> {
  return store.append(LOBBY, who, AUTHOR, parseDraft({ text, key }))
}

const isUp = (redis: Redis, up: boolean) =>
  new Promise<void>((resolve) => {
    if (redis.up === up) return resolve()
    const undo = redis.onConnectionChange((now) => {
      if (now !== up) return
      undo()
      resolve()
    })
  })

test('what several processes store at once has one order without holes, the same for all who listen', async () => {
  const one = await openTestRedisStore(await open())
  const two = await one.addProcess()
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  // Each is sent by both, as somebody does whose first answer is slow.
  const posts = Array.from({ length: 400 }, (_, n) => {
    const number = n >> 1
    return say(n % 2 ? one : two, `${number}`, number % 3 ? ADA : BOB, `key-${number}`)
  })
  const answers = await Promise.all(posts)
  const { messages, top } = await two.store.readPage(LOBBY, { kind: 'newest' }, 1000)
  assert.deepEqual([messages.length, top.seq], [200, 200])
  assert.equal(new Set(messages.map(({ text }) => text)).size, 200)
  for (const answer of answers) assert.deepEqual(answer, messages[answer.id.seq - 1])
  for (const { listener } of [one, two]) {
    await listener.waitForTexts(messages.length)
    assert.deepEqual(listener.events, messages)
    assert.deepEqual(
      listener.events.map(({ id }) => id.seq),
      Array.from({ length: messages.length }, (_, n) => n + 1),
    )
  }
  await one.close()
})

test('a key that one process took is known to the others', async () => {
  const one = await openTestRedisStore(await open())
  const two = await one.addProcess()
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  const [first, again] = await Promise.all([say(one, 'once', ADA, 'k'), say(two, 'once', ADA, 'k')])
  assert.deepEqual(first, again)
  await assert.rejects(say(two, 'twice', ADA, 'k'), refused('invalid'))
  assert.equal((await one.store.top(LOBBY)).seq, 1)
  await one.close()
})

test('a repeat is answered as the first was, also when its message was edited or deleted since', async () => {
  const one = await openTestRedisStore(await open())
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  const first = await say(one, 'once', ADA, 'k')
  await one.store.edit(LOBBY, first.id, 'owner', 'changed')
  assert.deepEqual(await say(one, 'once', ADA, 'k'), first)
  await one.store.deleteMessage(LOBBY, first.id, 'owner')
  assert.deepEqual((await say(one, 'once', ADA, 'k')).id, first.id)
  assert.equal((await one.store.top(LOBBY)).seq, 3)
  await one.close()
})

test('a post is one command to Redis, and nothing else is asked for it', async (t) => {
  const server = await RedisServer.start(t)
  const one = await openStoreOn(t, server)
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  const post = async (n: number) => {
    await one.store.findKeptRoom(LOBBY)
    await one.store.reservedUntil(LOBBY)
    await say(one, `${n}`, ADA, `k${n}`)
  }
  await post(0)
  const asked = await monitor(t, server)
  await one.redis.command('ECHO', 'begin')
  for (let n = 1; n <= 20; n++) await post(n)
  await one.redis.command('ECHO', 'end')
  const all = await asked('"end"')
  const between = all.slice(all.findIndex((line) => line.includes('"begin"')) + 1, -1)
  // What a script does is no round trip, and looking whether Redis lives is no post's.
  const trips = between.filter((line) => !/ lua\] | "PING"| "HMGET" "[^"]*:n" /i.test(line))
  const words = trips.map((line) => / "(\w+)"/.exec(line)?.[1])
  assert.deepEqual(words, Array(20).fill('EVALSHA'))
  assert.equal(between.filter((line) => /"spublish"/i.test(line)).length, 20)
})

/** What Redis is asked from now on; resolves when a line with this text has come. */
async function monitor(t: TestContext, { url }: RedisServer) {
  const lines: string[] = []
  let wake = () => {}
  const client = createClient({ url })
  // The server ends first.
  client.on('error', () => {})
  t.after(() => client.destroy())
  await client.connect()
  await client.monitor((line) => {
    lines.push(String(line))
    wake()
  })
  return async (text: string) => {
    while (!lines.at(-1)?.includes(text))
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    return lines
  }
}

test('what another process changed is seen within two seconds where nobody tells of it, and that it made a room at once', async () => {
  const one = await openTestRedisStore(await open())
  const two = await one.addProcess()
  assert.equal(await two.store.findKeptRoom(LOBBY), undefined)
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  assert.deepEqual(await two.store.findKeptRoom(LOBBY), { slug: LOBBY, ...FOREVER })
  assert.equal(await two.store.isOwner(LOBBY, 'owner'), true)
  await one.store.changeSettings(LOBBY, { ...FOREVER, keep: 5 })
  assert.equal((await two.store.findKeptRoom(LOBBY))?.keep, undefined)
  await one.advance(2_100)
  assert.equal((await two.store.findKeptRoom(LOBBY))?.keep, 5)
  await one.store.deleteRoom(LOBBY)
  assert.notEqual(await two.store.findKeptRoom(LOBBY), undefined)
  await assert.rejects(say(two, 'late'), refused('not-found'))
  assert.equal(await two.store.findKeptRoom(LOBBY), undefined, 'a refusal makes it look again')
  assert.notEqual(await two.store.reservedUntil(LOBBY), undefined)
  await one.close()
})

test('that there is no kept room is asked anew wherever nobody would tell of one', async () => {
  const one = await openTestRedisStore(await open())
  const two = await one.addProcess()
  const room = parseSlug('quiet')
  assert.equal(await two.store.findKeptRoom(room), undefined)
  await one.store.createRoom(room, FOREVER, 'owner')
  assert.deepEqual(await two.store.findKeptRoom(room), { slug: room, ...FOREVER })
  await one.close()
})

test('a Redis put back to an earlier state goes on in a new epoch, and no id that somebody saw comes again', async (t) => {
  const server = await RedisServer.start(t)
  const one = await openStoreOn(t, server)
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  const kept = await say(one, 'kept')
  await one.listener.waitForTexts(1)
  const copy = join(server.folder, 'copy')
  const log = join(server.folder, 'appendonlydir')
  await cp(log, copy, { recursive: true })
  const lost = [await say(one, 'lost'), await say(one, 'lost too')]
  await one.listener.waitForTexts(3)
  await server.kill()
  await isUp(one.redis, false)
  await rm(log, { recursive: true })
  await cp(copy, log, { recursive: true })
  await server.start()
  await isUp(one.redis, true)
  const next = await say(one, 'next')
  assert.equal(next.id.seq, 4)
  assert.ok(epochTime(next.id.epoch) > epochTime(kept.id.epoch))
  const knows = (id: EventId | undefined) => one.store.hasEvent(LOBBY, id ?? assert.fail())
  assert.deepEqual(
    [await knows(kept.id), await knows(lost[0]?.id), await knows(lost[1]?.id), await knows(next.id)],
    [true, false, false, true],
  )
  const { messages } = await one.store.readPage(LOBBY, { kind: 'newest' }, 10)
  assert.deepEqual(messages, [kept, next])
  assert.deepEqual(await one.store.readEvents(LOBBY, kept.id, next.id, 10), [next])
})

test('what was answered outlives a killed Redis, and what was refused is there once when it is sent again', async (t) => {
  const server = await RedisServer.start(t)
  const one = await openStoreOn(t, server)
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  const count = 300
  const answers: (Posted | undefined)[] = Array(count).fill(undefined)
  let killed: Promise<void> | undefined
  const send = async (n: number) => {
    try {
      answers[n] = await say(one, `${n}`, ADA, `key-${n}`)
    } catch (error) {
      assert.ok(refused('busy')(error), String(error))
    }
    if (n === count / 3) killed ??= server.kill()
  }
  // Some at a time, so that some are under way when it dies.
  for (let n = 0; n < count; n += 10)
    await Promise.all(Array.from({ length: 10 }, (_, more) => send(n + more)))
  await killed
  const before = [...answers]
  assert.ok(before.includes(undefined) && before[0])
  await isUp(one.redis, false)
  await server.start()
  await isUp(one.redis, true)
  for (let n = 0; n < count; n++) if (!answers[n]) await send(n)
  const { messages, top } = await one.store.readPage(LOBBY, { kind: 'newest' }, count + 1)
  assert.deepEqual([messages.length, top.seq], [count, count])
  assert.equal(new Set(messages.map(({ text }) => text)).size, count)
  for (const answer of answers) assert.deepEqual(answer, messages[(answer?.id.seq ?? 0) - 1])
})

test('after a Redis that may have lost something, what it had is known, and each event keeps its epoch', async (t) => {
  const server = await RedisServer.start(t, { args: ['--appendonly', 'yes', '--appendfsync', 'everysec'] })
  const one = await openStoreOn(t, server)
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  const first = await say(one, 'first')
  await server.kill()
  await isUp(one.redis, false)
  await server.start()
  await isUp(one.redis, true)
  const second = await say(one, 'second')
  assert.equal(second.id.seq, 2)
  assert.notEqual(second.id.epoch, first.id.epoch)
  assert.equal(await one.store.hasEvent(LOBBY, first.id), true)
  assert.equal(await one.store.hasEvent(LOBBY, { ...first.id, seq: 2 }), false)
  const by = authorDigest(one.secrets, LOBBY, ADA)
  const edited = await one.store.edit(LOBBY, first.id, { by }, 'changed')
  assert.deepEqual(
    (await one.store.readEvents(LOBBY, first.id, edited.id, 10)).map(({ id }) => id.seq),
    [2, 3],
  )
  await assert.rejects(
    one.store.deleteMessage(LOBBY, { ...second.id, seq: 1 }, 'owner'),
    refused('not-found'),
  )
  await one.store.deleteMessage(LOBBY, first.id, 'owner')
  assert.deepEqual(await one.store.readEvents(LOBBY, first.id, second.id, 10), [second])
})

test('rooms are kept only where Redis writes to its disk', async (t) => {
  const server = await RedisServer.start(t, { args: [] })
  const { store } = await openStoreOn(t, server)
  await assert.rejects(store.createRoom(LOBBY, FOREVER, 'owner'), refused('full'))
  assert.equal(await store.findKeptRoom(LOBBY), undefined)
})

test('when Redis is full posts are refused as that, reading and deleting go on, and posts when there is space', async (t) => {
  const server = await RedisServer.start(t)
  const one = await openStoreOn(t, server)
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  const first = await say(one, 'first')
  await server.command('CONFIG', 'SET', 'maxmemory', '1')
  await assert.rejects(say(one, 'second'), refused('full'))
  await assert.rejects(one.store.edit(LOBBY, first.id, 'owner', 'x'), refused('full'))
  assert.deepEqual((await one.store.readPage(LOBBY, { kind: 'newest' }, 9)).messages, [first])
  const deleted = await one.store.deleteMessage(LOBBY, first.id, 'owner')
  assert.equal(deleted.id.seq, 2)
  await server.command('CONFIG', 'SET', 'maxmemory', '0')
  assert.equal((await say(one, 'third')).id.seq, 3)
})

test('a room that was made is answered as made, whatever goes wrong with the lists of rooms after that', async () => {
  const one = await openTestRedisStore(await open())
  await one.redis.command('SET', one.redis.keys.global('kept'), 'not a set')
  assert.deepEqual(await one.store.createRoom(LOBBY, FOREVER, 'owner'), { slug: LOBBY, ...FOREVER })
  assert.equal(await one.store.isOwner(LOBBY, 'owner'), true)
  assert.equal(one.reported.length, 1)
  await one.close()
})

test('a room that was taken for a deleted one just before it is there is swept all the same', async () => {
  const { redis, clock, close } = await open()
  const listing = new RoomIndex(redis, clock)
  const room = { slug: LOBBY, ...FOREVER, keep: 5 }
  await listing.beforeChange(room)
  await listing.remove(LOBBY)
  await listing.afterChange(room)
  const passing: string[] = []
  for await (const rooms of listing.expiring()) passing.push(...rooms)
  assert.deepEqual(passing, [LOBBY])
  close()
})

test('a room in which somebody says something while it is made stays a vanishing one', async () => {
  const one = await openTestRedisStore(await open())
  const { id } = await one.bus.post(LOBBY, ADA, AUTHOR, parseDraft({ text: 'not to be kept' }))
  await assert.rejects(one.store.createRoom(LOBBY, FOREVER, 'owner'), refused('conflict'))
  assert.deepEqual(await one.bus.top(LOBBY), id)
  await one.advance(3_600_000)
  assert.ok(await one.store.createRoom(LOBBY, FOREVER, 'owner'))
  await one.close()
})
