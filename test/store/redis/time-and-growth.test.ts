import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { epochTime, formatId } from '../../../src/chat/event.ts'
import { parseDraft } from '../../../src/chat/message.ts'
import { parseSlug } from '../../../src/chat/room.ts'
import { importRoom } from '../../../src/store/redis/import.ts'
import { systemClock } from '../../../src/system/clock.ts'
import { ADA, AUTHOR, LOBBY } from '../../support/events.ts'
import { JumpingClock } from '../../support/jumping-clock.ts'
import { redisForTests, type TestRedis } from '../../support/redis/test-redis.ts'
import { openTestRedisStore } from '../../support/redis/test-redis-store.ts'
import { FOREVER } from '../../support/store/test-store.ts'

const DAY = 86_400_000
const TEA = parseSlug('tea')

/** More than one run of the script deletes. */
const STORED_EDITS = 2_500

const open = redisForTests()

async function openStore(t: TestContext, testRedis?: TestRedis) {
  const opened = testRedis ?? (await open())
  const fixture = await openTestRedisStore(opened)
  t.after(() => fixture.close())
  const post = (text: string) => fixture.store.append(LOBBY, ADA, AUTHOR, parseDraft({ text, key: text }))
  return { ...fixture, post, key: (part: string) => opened.redis.keys.room(LOBBY, part) }
}

async function* linesOf(text: AsyncIterable<string>) {
  for await (const part of text) yield* part.split('\n').filter((line) => line !== '')
}

test('if the clock of Redis is set back, no event of a kept room is older than the one before it, and no message expires early', async (t) => {
  const testRedis = await open(JumpingClock.frozen())
  const { store, listener, post } = await openStore(t, testRedis)
  await store.createRoom(LOBBY, { ...FOREVER, retention: DAY }, 'owner')
  const first = await post('first')
  testRedis.clock.advance(-2 * DAY)
  const second = await post('second')
  const edited = await store.edit(LOBBY, first.id, 'owner', 'edited')
  const third = await post('third')
  const deleted = await store.deleteMessage(LOBBY, third.id, 'owner')
  const expected = Array(5).fill(first.at)
  assert.deepEqual([second.at, edited.at, edited.message.editedAt, third.at, deleted.at], expected)
  assert.equal((await post('second')).at, first.at, 'also of a repeat')
  await listener.waitForTexts(5)
  assert.deepEqual(listener.events, [first, second, edited, third, deleted])
  testRedis.clock.advance(3 * DAY - 1)
  const { messages } = await store.readPage(LOBBY, { kind: 'newest' }, 9)
  assert.deepEqual(
    messages.map(({ text, at }) => [text, at]),
    [
      ['edited', first.at],
      ['second', first.at],
    ],
  )
})

test('P6: if the clock of Redis is set back, a vanishing room has no older message and a page of an unused room gets no gap', async (t) => {
  const testRedis = await open(JumpingClock.frozen())
  const { bus } = await openStore(t, testRedis)
  const post = (text: string) => bus.post(TEA, ADA, AUTHOR, parseDraft({ text, key: text }))
  await bus.listen(TEA, () => {})
  const cursor = await bus.top(TEA)
  testRedis.clock.advance(-2 * DAY)
  const first = await post('first')
  assert.ok(epochTime(first.id.epoch) > epochTime(cursor.epoch), `${formatId(first.id)} ${formatId(cursor)}`)
  testRedis.clock.advance(-2 * DAY)
  const second = await post('second')
  assert.equal(second.at, first.at)
  assert.deepEqual(second.id, { epoch: first.id.epoch, seq: 2 })
  assert.equal((await post('second')).at, first.at, 'also of a repeat')
  testRedis.clock.advance(5 * DAY)
  assert.equal((await post('third')).at, first.at + 3 * DAY)
})

test('a message that is edited often leaves one event of all its edits in Redis', async (t) => {
  const { store, redis, post, key } = await openStore(t)
  await store.createRoom(LOBBY, FOREVER, 'owner')
  const [{ id }, { id: other }] = [await post('first'), await post('other')]
  for (let n = 0; n < 12; n++) await store.edit(LOBBY, id, 'owner', `edit ${n}`)
  await store.edit(LOBBY, other, 'owner', 'edited too')
  const missed = await store.readEvents(LOBBY, other, await store.top(LOBBY), 100)
  assert.deepEqual(
    missed.map((event) => [event.id.seq, event.kind === 'edited' && event.message.text]),
    [
      [14, 'edit 11'],
      [15, 'edited too'],
    ],
  )
  assert.equal(await redis.command('HLEN', key('events')), 4)
  for (const [part, size] of [
    ['edits', 2],
    ['changes', 2],
    ['times', 4],
  ] as const)
    assert.equal(await redis.command('ZCARD', key(part)), size, part)
})

test('edits that an earlier version stored are deleted in parts, by the next edits or with the message', async (t) => {
  const { store, redis, post, key } = await openStore(t)
  await store.createRoom(LOBBY, FOREVER, 'owner')
  const { id } = await post('first')
  const pointer = `{"id":"${id.epoch}.' .. seq .. '","kind":"edited","at":' .. at .. ',"of":"${formatId(id)}"}`
  const storeEdits = `
    local at = redis.call('TIME')[1] .. '000'
    for seq = 2, ${STORED_EDITS} do
      redis.call('HSET', KEYS[1], seq, '${pointer}')
      for part = 2, 4 do redis.call('ZADD', KEYS[part], part == 4 and 1 or seq, seq) end
    end
    redis.call('HSET', KEYS[5], 'seq', ${STORED_EDITS})`
  const keys = ['events', 'changes', 'times', 'edits', 'n'].map(key)
  await redis.command('EVAL', storeEdits, '5', ...keys)
  const copy = await openStore(t)
  const imported = await importRoom(copy.redis, linesOf(store.export(LOBBY)), {
    clock: systemClock,
    owner: 'owner',
  })
  assert.ok(!('problems' in imported), JSON.stringify(imported))
  assert.deepEqual((await copy.store.readPage(LOBBY, { kind: 'newest' }, 9)).messages.length, 1)
  assert.equal(await copy.redis.command('HLEN', copy.key('events')), 2, 'an import stores the newest edit')
  await store.edit(LOBBY, id, 'owner', 'edited')
  assert.equal(await redis.command('ZCARD', key('edits')), STORED_EDITS - 1_000)
  const { kind, id: deletion } = await store.deleteMessage(LOBBY, id, 'owner')
  assert.deepEqual([kind, deletion.seq], ['deleted', STORED_EDITS + 2])
  assert.equal(await redis.command('HLEN', key('events')), 1)
  assert.equal(await redis.command('ZCARD', key('edits')), 0)
})
