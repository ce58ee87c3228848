import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { authorDigest } from '../../../src/chat/author-digest.ts'
import type { EventId } from '../../../src/chat/event.ts'
import { parseSettings } from '../../../src/chat/kept-room.ts'
import { parseDraft } from '../../../src/chat/message.ts'
import { parseName } from '../../../src/chat/names/name.ts'
import type { Store } from '../../../src/chat/ports/store.ts'
import type { Redis } from '../../../src/redis/redis.ts'
import { exportLines } from '../../../src/store/redis/export.ts'
import { importRoom } from '../../../src/store/redis/import.ts'
import { exportFromDatabase } from '../../../src/store/sqlite/export.ts'
import { importRoom as importRows } from '../../../src/store/sqlite/import.ts'
import { openForWriting } from '../../../src/store/sqlite/open-database.ts'
import { systemClock } from '../../../src/system/clock.ts'
import { ADA, AUTHOR, BOB, LOBBY } from '../../support/events.ts'
import { RedisServer } from '../../support/redis/redis-server.ts'
import { redisForTests } from '../../support/redis/test-redis.ts'
import { findKeysContaining, openStoreOn, openTestRedisStore } from '../../support/redis/test-redis-store.ts'
import { refused } from '../../support/refused.ts'
import { FOREVER, openTestStore, type TestStore } from '../../support/store/test-store.ts'

const open = redisForTests()

async function opened(t: TestContext) {
  const under = await openTestRedisStore(await open())
  t.after(() => under.close())
  return under
}

async function exported(redis: Redis): Promise<string> {
  let lines = ''
  for await (const some of exportLines(redis, LOBBY, { digests: true })) lines += some
  return lines
}

async function* linesOf(text: string): AsyncGenerator<string> {
  yield* text.split('\n')
}

function imported(redis: Redis, lines: string) {
  return importRoom(redis, linesOf(lines), { clock: systemClock, owner: 'fresh' })
}

/** By way of SQLite and back out of it. */
async function throughSqlite(lines: string): Promise<string> {
  const under: TestStore = await openTestStore()
  await under.store.close()
  const path = join(under.folder, 'rooms.db')
  const database = openForWriting(path, Date.now())
  const outcome = await importRows(database, linesOf(lines), { now: Date.now(), owner: 'fresh' })
  database.close()
  assert.ok('slug' in outcome, JSON.stringify(outcome))
  const out = [...exportFromDatabase(path, LOBBY, Date.now())].join('')
  await under.close()
  return out
}

const anyStep = fc.record({
  does: fc.constantFrom('say', 'say', 'edit', 'delete'),
  text: fc.constantFrom('plain', '"by":"x",', ',"text":"y"', '\\u0000 \\" {}', 'a\n\tb', '👩‍👩‍👧 % %1'),
  name: fc.constantFrom('Ada', 'Zoë', '李雷', 'O’Neil', 'a,"text":"b', '👩‍👩‍👧'),
  pick: fc.nat(),
})

async function play(
  store: Store,
  steps: readonly (typeof anyStep extends fc.Arbitrary<infer Step> ? Step : never)[],
) {
  const ids: EventId[] = []
  for (const { does, text, name, pick } of steps) {
    const id = ids[pick % Math.max(1, ids.length)]
    const author = { name: parseName(name), tag: 'abc123', verified: pick % 2 === 0 }
    if (does === 'say' || !id)
      ids.push((await store.append(LOBBY, pick % 3 ? ADA : BOB, author, parseDraft({ text }))).id)
    else if (does === 'edit') await store.edit(LOBBY, id, 'owner', parseDraft({ text }).text).catch(() => {})
    else await store.deleteMessage(LOBBY, id, 'owner').catch(() => {})
  }
}

test('a room goes from Redis to SQLite and back byte by byte, whatever was said, edited and deleted', async (t) => {
  const settings = fc.record({
    retention: fc.constantFrom('30d', '1y', 'forever'),
    keep: fc.constantFrom('', '1000'),
    listed: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(settings, fc.array(anyStep, { maxLength: 40 }), async (chosen, steps) => {
      const [one, two] = [await opened(t), await opened(t)]
      await one.store.createRoom(LOBBY, parseSettings(chosen), 'proof-of-the-owner')
      await one.store.changeEmbedding(LOBBY, { origins: ['https://blog.example'], secret: 'told-to-nobody' })
      await play(one.store, steps)
      const { seq } = await one.store.top(LOBBY)
      await one.listener.waitForTexts(seq)
      assert.deepEqual(
        one.listener.events.map(({ id }) => id.seq),
        Array.from({ length: seq }, (_, n) => n + 1),
      )
      const lines = await exported(one.redis)
      assert.doesNotMatch(lines, /told-to-nobody/)
      assert.equal(await throughSqlite(lines), lines)
      assert.ok('slug' in (await imported(two.redis, await throughSqlite(lines))))
      assert.equal(await exported(two.redis), lines)
      assert.deepEqual((await two.store.readEmbedding(LOBBY)).origins, ['https://blog.example'])
      const newest = { kind: 'newest' } as const
      const [was, is] = [
        await one.store.readPage(LOBBY, newest, 100),
        await two.store.readPage(LOBBY, newest, 100),
      ]
      assert.deepEqual(is.messages, was.messages)
      assert.equal(is.top.seq, was.top.seq)
      assert.notEqual(is.top.epoch, was.top.epoch)
      assert.deepEqual(await two.store.listedRooms(), chosen.listed ? [LOBBY] : [])
    }),
    { numRuns: 15, endOnFailure: true },
  )
})

test('a long room is brought in steps, and afterwards there is nothing but the room', async (t) => {
  const [one, two] = [await opened(t), await opened(t)]
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  await Promise.all(
    Array.from({ length: 450 }, (_, n) =>
      one.store.append(LOBBY, ADA, AUTHOR, parseDraft({ text: `<${n}>` })),
    ),
  )
  const lines = await exported(one.redis)
  assert.deepEqual(await imported(two.redis, lines), { slug: LOBBY, messages: 450, owned: true })
  assert.equal(await exported(two.redis), lines)
  assert.deepEqual((await two.redis.command('KEYS', '*import:*')) as string[], [])
  for (const part of ['events', 'messages', 'times', 'n', 'room'])
    assert.equal(await two.redis.command('TTL', two.redis.keys.room(LOBBY, part)), -1, part)
  assert.deepEqual((await two.listener.waitForSignals(1))[0], {
    kind: 'settings',
    settings: FOREVER,
    made: true,
  })
})

test('what was imported is its authors’ and its owner’s as before, and goes on in a new epoch', async (t) => {
  const [one, two] = [await opened(t), await opened(t)]
  await one.store.createRoom(LOBBY, FOREVER, 'proof-of-the-owner')
  const say = (store: Store, text: string, key?: string) =>
    store.append(LOBBY, ADA, AUTHOR, parseDraft({ text, key }))
  const before = await say(one.store, 'before', 'k')
  const lines = await exported(one.redis)
  const lost = await say(one.store, 'after the export', 'l')
  await imported(two.redis, lines)
  const by = authorDigest(one.secrets, LOBBY, ADA)
  assert.ok(await two.store.isOwner(LOBBY, 'proof-of-the-owner'))
  assert.equal((await two.store.edit(LOBBY, before.id, { by }, 'mine')).message.text, 'mine')
  const next = await say(two.store, 'next')
  assert.equal(next.id.seq, 3)
  assert.deepEqual(await Promise.all([before, lost, next].map(({ id }) => two.store.hasEvent(LOBBY, id))), [
    true,
    false,
    true,
  ])
  // Over its own reservation, where a key of the room before means nothing.
  await one.store.deleteRoom(LOBBY)
  assert.ok('slug' in (await imported(one.redis, lines)))
  assert.equal((await say(one.store, 'after the export', 'l')).id.seq, 2)
})

test('what an owner takes home can be imported with another owner, and nobody edits what is nobody’s', async (t) => {
  const [one, two] = [await opened(t), await opened(t)]
  await one.store.createRoom(LOBBY, FOREVER, 'proof-of-the-owner')
  const { id } = await one.store.append(LOBBY, ADA, AUTHOR, parseDraft({ text: 'hello' }))
  let lines = ''
  for await (const some of one.store.export(LOBBY)) lines += some
  assert.ok(!/proof-of-the-owner|"by"/.test(lines))
  assert.deepEqual(await imported(two.redis, lines), { slug: LOBBY, messages: 1, owned: false })
  assert.ok(await two.store.isOwner(LOBBY, 'fresh'))
  for (const by of ['nil', 'undefined', authorDigest(one.secrets, LOBBY, ADA)])
    await assert.rejects(two.store.edit(LOBBY, id, { by }, 'x'), refused('forbidden'))
  assert.equal((await two.store.edit(LOBBY, id, 'owner', 'x')).message.text, 'x')
})

test('bad lines, a room that is there and a vanishing one in use bring nothing', async (t) => {
  const [one, two] = [await opened(t), await opened(t)]
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  for (let n = 0; n < 150; n++)
    await one.store.append(LOBBY, ADA, AUTHOR, parseDraft({ text: `canary ${n}` }))
  const lines = await exported(one.redis)
  const problem = async (redis: Redis, text: string) => {
    const outcome = await imported(redis, text)
    assert.ok('problems' in outcome)
    return outcome.problems[0]
  }
  assert.equal(
    await problem(one.redis, lines),
    'Line 1: There is already a kept room “lobby”: delete it first.',
  )
  await two.bus.post(LOBBY, ADA, AUTHOR, parseDraft({ text: 'alive' }))
  assert.match((await problem(two.redis, lines)) ?? '', /^Line 1: “lobby” is a vanishing room in use\./)
  await two.advance(3_700_000)
  assert.equal(await problem(two.redis, `${lines}nonsense`), 'Line 152: This is not a JSON object.')
  assert.equal(await two.store.findKeptRoom(LOBBY), undefined)
  const there = await findKeysContaining(two.redis, 'canary')
  assert.deepEqual(there, [one.redis.keys.room(LOBBY, 'events')])
})

test('nothing is brought to a Redis that writes nothing to its disk', async (t) => {
  const server = await RedisServer.start(t, { args: [] })
  const { redis } = await openStoreOn(t, server)
  assert.deepEqual(await imported(redis, ''), {
    problems: ['This Redis writes nothing to its disk: set appendonly yes.'],
  })
})
