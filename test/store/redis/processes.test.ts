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

function post({ store }: StoreProcess, text: string, member: Member = ADA, key?: string): Promise<Posted> {
  return store.append(LOBBY, member, AUTHOR, parseDraft({ text, key }))
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

test('P4: messages that several processes store at once have one order without holes, the same for all listeners', async () => {
  const one = await openTestRedisStore(await open())
  const two = await one.addProcess()
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  // Both processes send each message, as a client does when the first response is slow.
  const posts = Array.from({ length: 400 }, (_, n) => {
    const number = n >> 1
    return post(n % 2 ? one : two, `${number}`, number % 3 ? ADA : BOB, `key-${number}`)
  })
  const results = await Promise.all(posts)
  const { messages, top } = await two.store.readPage(LOBBY, { kind: 'newest' }, 1000)
  assert.deepEqual([messages.length, top.seq], [200, 200])
  assert.equal(new Set(messages.map(({ text }) => text)).size, 200)
  for (const result of results) assert.deepEqual(result, messages[result.id.seq - 1])
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

test('P5: a key that was used on one process counts on the others', async () => {
  const one = await openTestRedisStore(await open())
  const two = await one.addProcess()
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  const [first, again] = await Promise.all([post(one, 'once', ADA, 'k'), post(two, 'once', ADA, 'k')])
  assert.deepEqual(first, again)
  await assert.rejects(post(two, 'twice', ADA, 'k'), refused('invalid'))
  assert.equal((await one.store.top(LOBBY)).seq, 1)
  await one.close()
})

test('P5: a repeat returns the first message, even if it was edited or deleted since', async () => {
  const one = await openTestRedisStore(await open())
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  const first = await post(one, 'once', ADA, 'k')
  await one.store.edit(LOBBY, first.id, 'owner', 'changed')
  assert.deepEqual(await post(one, 'once', ADA, 'k'), first)
  await one.store.deleteMessage(LOBBY, first.id, 'owner')
  assert.deepEqual((await post(one, 'once', ADA, 'k')).id, first.id)
  assert.equal((await one.store.top(LOBBY)).seq, 3)
  await one.close()
})

test('P2: a post is a single script, and needs no other command to Redis', async (t) => {
  const server = await RedisServer.start(t)
  const one = await openStoreOn(t, server)
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  const lookUpAndPost = async (n: number) => {
    await one.store.findKeptRoom(LOBBY)
    await one.store.reservedUntil(LOBBY)
    await post(one, `${n}`, ADA, `k${n}`)
  }
  await lookUpAndPost(0)
  const waitForLine = await monitor(t, server)
  await one.redis.command('ECHO', 'begin')
  for (let n = 1; n <= 20; n++) await lookUpAndPost(n)
  await one.redis.command('ECHO', 'end')
  const all = await waitForLine('"end"')
  const between = all.slice(all.findIndex((line) => line.includes('"begin"')) + 1, -1)
  // Commands inside a script are no round trips, and pings and checks of the position belong to no post.
  const roundTrips = between.filter(
    (line) => !/ lua\] | "PING"| "INFO"| "GET"| "HGET" "[^"]*continuity"| "HMGET" "[^"]*:n" /i.test(line),
  )
  const commands = roundTrips.map((line) => / "(\w+)"/.exec(line)?.[1])
  assert.deepEqual(commands, Array(20).fill('EVALSHA'))
  assert.equal(between.filter((line) => /"spublish"/i.test(line)).length, 20)
})

/**
 * Records the commands that Redis receives from now on.
 * @returns resolves with all lines when one contains the text
 */
async function monitor(t: TestContext, { url }: RedisServer) {
  const lines: string[] = []
  let wake = () => {}
  const client = createClient({ url })
  // The server stops before this client.
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

test('without a subscription, changes by another process are seen within two seconds, and a new room at once', async () => {
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
  await assert.rejects(post(two, 'late'), refused('not-found'))
  assert.equal(await two.store.findKeptRoom(LOBBY), undefined, 'the refusal has invalidated the room')
  assert.notEqual(await two.store.reservedUntil(LOBBY), undefined)
  await one.close()
})

test('without a subscription, the absence of a kept room is not cached', async () => {
  const one = await openTestRedisStore(await open())
  const two = await one.addProcess()
  const room = parseSlug('quiet')
  assert.equal(await two.store.findKeptRoom(room), undefined)
  await one.store.createRoom(room, FOREVER, 'owner')
  assert.deepEqual(await two.store.findKeptRoom(room), { slug: room, ...FOREVER })
  await one.close()
})

test('P2: a Redis restored from a backup continues in a new epoch, and no id is used twice', async (t) => {
  const server = await RedisServer.start(t)
  const one = await openStoreOn(t, server)
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  const kept = await post(one, 'kept')
  await one.listener.waitForTexts(1)
  const copy = join(server.folder, 'copy')
  const log = join(server.folder, 'appendonlydir')
  await cp(log, copy, { recursive: true })
  const lost = [await post(one, 'lost'), await post(one, 'lost too')]
  await one.listener.waitForTexts(3)
  await server.kill()
  await isUp(one.redis, false)
  await rm(log, { recursive: true })
  await cp(copy, log, { recursive: true })
  await server.start()
  await isUp(one.redis, true)
  const next = await post(one, 'next')
  assert.equal(next.id.seq, 4)
  assert.ok(epochTime(next.id.epoch) > epochTime(kept.id.epoch))
  const hasEvent = (id: EventId | undefined) => one.store.hasEvent(LOBBY, id ?? assert.fail())
  assert.deepEqual(
    [
      await hasEvent(kept.id),
      await hasEvent(lost[0]?.id),
      await hasEvent(lost[1]?.id),
      await hasEvent(next.id),
    ],
    [true, false, false, true],
  )
  const { messages } = await one.store.readPage(LOBBY, { kind: 'newest' }, 10)
  assert.deepEqual(messages, [kept, next])
  assert.deepEqual(await one.store.readEvents(LOBBY, kept.id, next.id, 10), [next])
})

test('P2: acknowledged messages outlive a killed Redis, and refused ones are stored once when they are sent again', async (t) => {
  const server = await RedisServer.start(t)
  const one = await openStoreOn(t, server)
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  const postCount = 300
  const results: (Posted | undefined)[] = Array(postCount).fill(undefined)
  let killed: Promise<void> | undefined
  const send = async (n: number) => {
    try {
      results[n] = await post(one, `${n}`, ADA, `key-${n}`)
    } catch (error) {
      assert.ok(refused('busy')(error), String(error))
    }
    if (n === postCount / 3) killed ??= server.kill()
  }
  // Ten at a time, so that some are in flight when Redis dies.
  for (let n = 0; n < postCount; n += 10)
    await Promise.all(Array.from({ length: 10 }, (_, offset) => send(n + offset)))
  await killed
  const before = [...results]
  assert.ok(before.includes(undefined) && before[0])
  await isUp(one.redis, false)
  await server.start()
  await isUp(one.redis, true)
  for (let n = 0; n < postCount; n++) if (!results[n]) await send(n)
  const { messages, top } = await one.store.readPage(LOBBY, { kind: 'newest' }, postCount + 1)
  assert.deepEqual([messages.length, top.seq], [postCount, postCount])
  assert.equal(new Set(messages.map(({ text }) => text)).size, postCount)
  for (const result of results) assert.deepEqual(result, messages[(result?.id.seq ?? 0) - 1])
})

test('P2: after a restart that may have lost events, a new epoch begins and the stored events keep theirs', async (t) => {
  const server = await RedisServer.start(t, { args: ['--appendonly', 'yes', '--appendfsync', 'everysec'] })
  const one = await openStoreOn(t, server)
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  const first = await post(one, 'first')
  await server.kill()
  await isUp(one.redis, false)
  await server.start()
  await isUp(one.redis, true)
  const second = await post(one, 'second')
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

test('rooms are kept only if Redis writes to its disk', async (t) => {
  const server = await RedisServer.start(t, { args: [] })
  const { store } = await openStoreOn(t, server)
  await assert.rejects(store.createRoom(LOBBY, FOREVER, 'owner'), refused('full'))
  assert.equal(await store.findKeptRoom(LOBBY), undefined)
})

test('a full Redis refuses posts and edits, allows reads and deletions, and accepts posts when it has space again', async (t) => {
  const server = await RedisServer.start(t)
  const one = await openStoreOn(t, server)
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  const first = await post(one, 'first')
  await server.command('CONFIG', 'SET', 'maxmemory', '1')
  await assert.rejects(post(one, 'second'), refused('full'))
  await assert.rejects(one.store.edit(LOBBY, first.id, 'owner', 'x'), refused('full'))
  assert.deepEqual((await one.store.readPage(LOBBY, { kind: 'newest' }, 9)).messages, [first])
  const deleted = await one.store.deleteMessage(LOBBY, first.id, 'owner')
  assert.equal(deleted.id.seq, 2)
  await server.command('CONFIG', 'SET', 'maxmemory', '0')
  assert.equal((await post(one, 'third')).id.seq, 3)
})

test('a room is created even if the update of the indexes fails afterwards', async () => {
  const one = await openTestRedisStore(await open())
  await one.redis.command('SET', one.redis.keys.global('kept'), 'not a set')
  assert.deepEqual(await one.store.createRoom(LOBBY, FOREVER, 'owner'), { slug: LOBBY, ...FOREVER })
  assert.equal(await one.store.isOwner(LOBBY, 'owner'), true)
  assert.equal(one.reported.length, 1)
  await one.close()
})

test('a room that a sweep took for deleted, just before it was created, is swept all the same', async () => {
  const { redis, clock, close } = await open()
  const roomIndex = new RoomIndex(redis, clock)
  const room = { slug: LOBBY, ...FOREVER, keep: 5 }
  await roomIndex.beforeChange(room)
  await roomIndex.remove(LOBBY)
  await roomIndex.afterChange(room)
  const expiring: string[] = []
  for await (const rooms of roomIndex.expiring()) expiring.push(...rooms)
  assert.deepEqual(expiring, [LOBBY])
  close()
})

test('a vanishing room that receives a message while a kept one is created stays a vanishing room', async () => {
  const one = await openTestRedisStore(await open())
  const { id } = await one.bus.post(LOBBY, ADA, AUTHOR, parseDraft({ text: 'not to be kept' }))
  await assert.rejects(one.store.createRoom(LOBBY, FOREVER, 'owner'), refused('conflict'))
  assert.deepEqual(await one.bus.top(LOBBY), id)
  await one.advance(3_600_000)
  assert.ok(await one.store.createRoom(LOBBY, FOREVER, 'owner'))
  await one.close()
})
