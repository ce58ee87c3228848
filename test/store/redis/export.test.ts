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
import { importRoom as importIntoSqlite } from '../../../src/store/sqlite/import.ts'
import { openForWriting } from '../../../src/store/sqlite/open-database.ts'
import { systemClock } from '../../../src/system/clock.ts'
import { ADA, AUTHOR, BOB, LOBBY } from '../../support/events.ts'
import { RedisServer } from '../../support/redis/redis-server.ts'
import { redisForTests } from '../../support/redis/test-redis.ts'
import { findKeysContaining, openStoreOn, openTestRedisStore } from '../../support/redis/test-redis-store.ts'
import { refused } from '../../support/refused.ts'
import { FOREVER, openTestStore, type TestStore } from '../../support/store/test-store.ts'

const open = redisForTests()

async function openFixture(t: TestContext) {
  const fixture = await openTestRedisStore(await open())
  t.after(() => fixture.close())
  return fixture
}

async function exportLobby(redis: Redis): Promise<string> {
  let lines = ''
  for await (const chunk of exportLines(redis, LOBBY, { digests: true })) lines += chunk
  return lines
}

async function* linesOf(text: string): AsyncGenerator<string> {
  yield* text.split('\n')
}

function importLobby(redis: Redis, lines: string) {
  return importRoom(redis, linesOf(lines), { clock: systemClock, owner: 'fresh' })
}

/** Imports lines into SQLite and exports them again. */
async function passThroughSqlite(lines: string): Promise<string> {
  const fixture: TestStore = await openTestStore()
  await fixture.store.close()
  const path = join(fixture.folder, 'rooms.db')
  const database = openForWriting(path, Date.now())
  const result = await importIntoSqlite(database, linesOf(lines), { now: Date.now(), owner: 'fresh' })
  database.close()
  assert.ok('slug' in result, JSON.stringify(result))
  const out = [...exportFromDatabase(path, LOBBY, Date.now())].join('')
  await fixture.close()
  return out
}

const anyStep = fc.record({
  action: fc.constantFrom('post', 'post', 'edit', 'delete'),
  text: fc.constantFrom('plain', '"by":"x",', ',"text":"y"', '\\u0000 \\" {}', 'a\n\tb', '👩‍👩‍👧 % %1'),
  name: fc.constantFrom('Ada', 'Zoë', '李雷', 'O’Neil', 'a,"text":"b', '👩‍👩‍👧'),
  pick: fc.nat(),
})

async function run(
  store: Store,
  steps: readonly (typeof anyStep extends fc.Arbitrary<infer Step> ? Step : never)[],
) {
  const ids: EventId[] = []
  for (const { action, text, name, pick } of steps) {
    const id = ids[pick % Math.max(1, ids.length)]
    const author = { name: parseName(name), tag: 'abc123', verified: pick % 2 === 0 }
    if (action === 'post' || !id)
      ids.push((await store.append(LOBBY, pick % 3 ? ADA : BOB, author, parseDraft({ text }))).id)
    else if (action === 'edit')
      await store.edit(LOBBY, id, 'owner', parseDraft({ text }).text).catch(() => {})
    else await store.deleteMessage(LOBBY, id, 'owner').catch(() => {})
  }
}

test('a room goes from Redis to SQLite and back byte for byte, after any sequence of posts, edits and deletions', async (t) => {
  const settings = fc.record({
    retention: fc.constantFrom('30d', '1y', 'forever'),
    keep: fc.constantFrom('', '1000'),
    listed: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(settings, fc.array(anyStep, { maxLength: 40 }), async (input, steps) => {
      const [one, two] = [await openFixture(t), await openFixture(t)]
      await one.store.createRoom(LOBBY, parseSettings(input), 'proof-of-the-owner')
      await one.store.changeEmbedding(LOBBY, { origins: ['https://blog.example'], secret: 'told-to-nobody' })
      await run(one.store, steps)
      const { seq } = await one.store.top(LOBBY)
      await one.listener.waitForTexts(seq)
      assert.deepEqual(
        one.listener.events.map(({ id }) => id.seq),
        Array.from({ length: seq }, (_, n) => n + 1),
      )
      const lines = await exportLobby(one.redis)
      assert.doesNotMatch(lines, /told-to-nobody/)
      assert.equal(await passThroughSqlite(lines), lines)
      assert.ok('slug' in (await importLobby(two.redis, await passThroughSqlite(lines))))
      assert.equal(await exportLobby(two.redis), lines)
      assert.deepEqual((await two.store.readEmbedding(LOBBY)).origins, ['https://blog.example'])
      const newest = { kind: 'newest' } as const
      const [before, after] = [
        await one.store.readPage(LOBBY, newest, 100),
        await two.store.readPage(LOBBY, newest, 100),
      ]
      assert.deepEqual(after.messages, before.messages)
      assert.equal(after.top.seq, before.top.seq)
      assert.notEqual(after.top.epoch, before.top.epoch)
      assert.deepEqual(await two.store.listedRooms(), input.listed ? [LOBBY] : [])
    }),
    { numRuns: 15, endOnFailure: true },
  )
})

test('a long room is imported in steps, and only its own keys remain', async (t) => {
  const [one, two] = [await openFixture(t), await openFixture(t)]
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  await Promise.all(
    Array.from({ length: 450 }, (_, n) =>
      one.store.append(LOBBY, ADA, AUTHOR, parseDraft({ text: `<${n}>` })),
    ),
  )
  const lines = await exportLobby(one.redis)
  assert.deepEqual(await importLobby(two.redis, lines), { slug: LOBBY, messages: 450, hasOwner: true })
  assert.equal(await exportLobby(two.redis), lines)
  assert.deepEqual((await two.redis.command('KEYS', '*import:*')) as string[], [])
  for (const part of ['events', 'messages', 'times', 'n', 'room'])
    assert.equal(await two.redis.command('TTL', two.redis.keys.room(LOBBY, part)), -1, part)
  assert.deepEqual((await two.listener.waitForSignals(1))[0], {
    kind: 'settings',
    settings: FOREVER,
    made: true,
  })
})

test('an imported room keeps its authors and its owner, and begins a new epoch', async (t) => {
  const [one, two] = [await openFixture(t), await openFixture(t)]
  await one.store.createRoom(LOBBY, FOREVER, 'proof-of-the-owner')
  const post = (store: Store, text: string, key?: string) =>
    store.append(LOBBY, ADA, AUTHOR, parseDraft({ text, key }))
  const before = await post(one.store, 'before', 'k')
  const lines = await exportLobby(one.redis)
  const lost = await post(one.store, 'after the export', 'l')
  await importLobby(two.redis, lines)
  const by = authorDigest(one.secrets, LOBBY, ADA)
  assert.ok(await two.store.isOwner(LOBBY, 'proof-of-the-owner'))
  assert.equal((await two.store.edit(LOBBY, before.id, { by }, 'mine')).message.text, 'mine')
  const next = await post(two.store, 'next')
  assert.equal(next.id.seq, 3)
  assert.deepEqual(await Promise.all([before, lost, next].map(({ id }) => two.store.hasEvent(LOBBY, id))), [
    true,
    false,
    true,
  ])
  // The import replaces the reserved slug. A key used in the deleted room does not count.
  await one.store.deleteRoom(LOBBY)
  assert.ok('slug' in (await importLobby(one.redis, lines)))
  assert.equal((await post(one.store, 'after the export', 'l')).id.seq, 2)
})

test('an export without digests gets a new owner when it is imported, and only the owner can edit its messages', async (t) => {
  const [one, two] = [await openFixture(t), await openFixture(t)]
  await one.store.createRoom(LOBBY, FOREVER, 'proof-of-the-owner')
  const { id } = await one.store.append(LOBBY, ADA, AUTHOR, parseDraft({ text: 'hello' }))
  let lines = ''
  for await (const chunk of one.store.export(LOBBY)) lines += chunk
  assert.ok(!/proof-of-the-owner|"by"/.test(lines))
  assert.deepEqual(await importLobby(two.redis, lines), { slug: LOBBY, messages: 1, hasOwner: false })
  assert.ok(await two.store.isOwner(LOBBY, 'fresh'))
  for (const by of ['nil', 'undefined', authorDigest(one.secrets, LOBBY, ADA)])
    await assert.rejects(two.store.edit(LOBBY, id, { by }, 'x'), refused('forbidden'))
  assert.equal((await two.store.edit(LOBBY, id, 'owner', 'x')).message.text, 'x')
})

test('nothing is imported from bad lines, over an existing room or over a vanishing room in use', async (t) => {
  const [one, two] = [await openFixture(t), await openFixture(t)]
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  for (let n = 0; n < 150; n++)
    await one.store.append(LOBBY, ADA, AUTHOR, parseDraft({ text: `canary ${n}` }))
  const lines = await exportLobby(one.redis)
  const problem = async (redis: Redis, text: string) => {
    const result = await importLobby(redis, text)
    assert.ok('problems' in result)
    return result.problems[0]
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
  const keysWithText = await findKeysContaining(two.redis, 'canary')
  assert.deepEqual(keysWithText, [one.redis.keys.room(LOBBY, 'events')])
})

test('nothing is imported into a Redis that writes nothing to its disk', async (t) => {
  const server = await RedisServer.start(t, { args: [] })
  const { redis } = await openStoreOn(t, server)
  assert.deepEqual(await importLobby(redis, ''), {
    problems: ['This Redis writes nothing to its disk: set appendonly yes.'],
  })
})
