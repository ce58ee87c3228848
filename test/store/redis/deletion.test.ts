import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import type { Posted } from '../../../src/chat/event.ts'
import { parseDraft } from '../../../src/chat/message.ts'
import { parseSlug, type Slug } from '../../../src/chat/room.ts'
import { TestClock } from '../../support/clock.ts'
import { ADA, AUTHOR, LOBBY } from '../../support/events.ts'
import { eventually } from '../../support/eventually.ts'
import { findFilesContaining } from '../../support/process/find-files-containing.ts'
import { FSYNC_ALWAYS, RedisServer } from '../../support/redis/redis-server.ts'
import { redisForTests } from '../../support/redis/test-redis.ts'
import {
  findKeysContaining,
  openStoreOn,
  openTestRedisStore,
  type StoreProcess,
} from '../../support/redis/test-redis-store.ts'
import { FOREVER } from '../../support/store/test-store.ts'

const open = redisForTests()
const OTHER = parseSlug('other')
const SECOND_MS = 1000
const DAY_MS = 86_400_000

function post({ store }: StoreProcess, text: string, room = LOBBY): Promise<Posted> {
  return store.append(room, ADA, AUTHOR, parseDraft({ text }))
}

/** Opens a store whose clock and timers advance only when the test says so. */
async function openTimedStore(t: TestContext) {
  const timers = new TestClock()
  const testRedis = await open()
  const one = await openTestRedisStore(testRedis, timers)
  t.after(async () => {
    await one.close()
    assert.deepEqual(one.reported, [])
  })
  const advance = async (ms: number) => {
    await one.advance(ms)
    timers.advance(ms)
  }
  return {
    one,
    advance,
    setClock: (ms: number) => testRedis.clock.advance(ms),
    assertNowhere: async (text: string) => {
      await eventually(async () => assert.deepEqual(await findKeysContaining(one.redis, text), []))
    },
    assertStored: async (text: string) => assert.notDeepEqual(await findKeysContaining(one.redis, text), []),
  }
}

test('no key contains an edited, deleted or surplus text, an expired text after a minute, or a text of a deleted room', async (t) => {
  const { one, advance, assertNowhere, assertStored } = await openTimedStore(t)
  const { store } = one
  await store.createRoom(LOBBY, { retention: DAY_MS, keep: 3, listed: false }, 'owner')
  await store.createRoom(OTHER, FOREVER, 'owner')
  const message = await post(one, 'canary-first')
  await assertStored('canary-first')
  await store.edit(LOBBY, message.id, 'owner', 'canary-edited')
  assert.deepEqual(await findKeysContaining(one.redis, 'canary-first'), [])
  await assertStored('canary-edited')
  await store.deleteMessage(LOBBY, message.id, 'owner')
  assert.deepEqual(await findKeysContaining(one.redis, 'canary-edited'), [])

  for (let n = 1; n <= 5; n++) await post(one, `canary-${n}`)
  for (const n of [1, 2]) assert.deepEqual(await findKeysContaining(one.redis, `canary-${n}`), [])
  await assertStored('canary-3')
  await store.changeSettings(LOBBY, { retention: DAY_MS, keep: 2, listed: false })
  await assertNowhere('canary-3')
  await advance(DAY_MS - 30 * SECOND_MS)
  await assertStored('canary-4')
  await advance(30 * SECOND_MS)
  await advance(15 * SECOND_MS)
  await assertNowhere('canary-')

  await post(one, 'canary-whole', OTHER)
  await assertStored('canary-whole')
  await store.deleteRoom(OTHER)
  assert.deepEqual(await findKeysContaining(one.redis, 'canary-whole'), [])
})

test('the keys contain only the present texts, after any sequence of posts, edits and deletions', async (t) => {
  const { one } = await openTimedStore(t)
  const step = fc.record({
    action: fc.constantFrom('post', 'post', 'post', 'edit', 'delete'),
    pick: fc.nat(),
  })
  let rooms = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80 }), async (steps) => {
      const room = parseSlug(`room-${++rooms}`)
      await one.store.createRoom(room, FOREVER, 'owner')
      const alive = new Map<Posted, string>()
      const goneTexts: string[] = []
      for (const [index, { action, pick }] of steps.entries()) {
        const canary = `<${rooms}/${index}>`
        const [message, previous] = [...alive][pick % Math.max(1, alive.size)] ?? []
        if (action === 'post' || !message || !previous) alive.set(await post(one, canary, room), canary)
        else {
          goneTexts.push(previous)
          if (action === 'delete') {
            alive.delete(message)
            await one.store.deleteMessage(room, message.id, 'owner')
          } else {
            await one.store.edit(room, message.id, 'owner', canary)
            alive.set(message, canary)
          }
        }
      }
      const { messages } = await one.store.readPage(room, { kind: 'newest' }, 100)
      assert.deepEqual(
        messages.map(({ text }) => text),
        [...alive.values()],
      )
      for (const canary of goneTexts) assert.deepEqual(await findKeysContaining(one.redis, canary), [])
      // No index contains a deleted event.
      const sizes = await Promise.all(
        ['HLEN events', 'ZCARD messages', 'ZCARD changes', 'ZCARD times'].map((commandLine) => {
          const [command = '', part = ''] = commandLine.split(' ')
          return one.redis.command(command, one.redis.keys.room(room, part))
        }),
      )
      const [events, posted, changes, times] = sizes.map(Number)
      assert.deepEqual([events, times], [times, (posted ?? 0) + (changes ?? 0)])
    }),
    { numRuns: 12, endOnFailure: true },
  )
})

test('many expired messages are deleted in steps, with all events that point to them', async (t) => {
  const { one, advance } = await openTimedStore(t)
  const { store, redis } = one
  await store.createRoom(LOBBY, { retention: DAY_MS, keep: undefined, listed: false }, 'owner')
  const posted: Posted[] = []
  // In portions: Redis must answer each within a second, on a busy machine too.
  for (let n = 0; n < 1500; n += 100)
    posted.push(...(await Promise.all(Array.from({ length: 100 }, (_, i) => post(one, `old-${n + i}`)))))
  for (const { id } of posted.slice(0, 20)) await store.edit(LOBBY, id, 'owner', 'old-edited')
  for (const { id } of posted.slice(20, 40)) await store.deleteMessage(LOBBY, id, 'owner')
  await store.createRoom(OTHER, FOREVER, 'owner')
  await advance(DAY_MS)
  await post(one, 'new')
  for (let n = 0; n < 3; n++) await post(one, `between-${n}`, OTHER)
  await eventually(async () => {
    for (const [command, part] of [
      ['HLEN', 'events'],
      ['ZCARD', 'times'],
      ['ZCARD', 'messages'],
    ] as const)
      assert.equal(await redis.command(command, redis.keys.room(LOBBY, part)), 1)
    for (const part of ['changes', 'edits'])
      assert.equal(await redis.command('ZCARD', redis.keys.room(LOBBY, part)), 0)
  })
  assert.equal((await store.top(LOBBY)).seq, 1541)
  assert.equal(await store.hasEvent(LOBBY, posted[0]?.id ?? assert.fail()), true)
  assert.equal((await store.readPage(OTHER, { kind: 'newest' }, 10)).messages.length, 3)
})

test('a message that was posted after the clock of Redis was set back does not expire before the one before it', async (t) => {
  const { one, advance, setClock, assertNowhere, assertStored } = await openTimedStore(t)
  await one.store.createRoom(LOBBY, { retention: DAY_MS, keep: undefined, listed: false }, 'owner')
  setClock(7200 * SECOND_MS)
  await post(one, 'canary-ahead')
  setClock(-7200 * SECOND_MS)
  await post(one, 'canary-back')
  await advance(DAY_MS)
  await assertStored('canary-back')
  assert.deepEqual((await one.store.readPage(LOBBY, { kind: 'newest' }, 9)).messages.length, 2)
  await advance(7200 * SECOND_MS)
  await assertNowhere('canary-ahead')
  await assertNowhere('canary-back')
})

test('one of several processes sweeps at a time, and another one takes over when it is gone', async (t) => {
  const timers = new TestClock()
  const one = await openTestRedisStore(await open(), timers)
  t.after(() => one.close())
  await one.store.createRoom(LOBBY, { retention: DAY_MS, keep: undefined, listed: false }, 'owner')
  await post(one, 'canary-lease')
  await eventually(async () => {
    timers.advance(SECOND_MS)
    assert.equal(await one.redis.command('EXISTS', one.redis.keys.global('sweeping')), 1)
  })
  const two = await one.addProcess()
  await one.store.close()
  await one.advance(DAY_MS + SECOND_MS)
  await eventually(async () => {
    timers.advance(15 * SECOND_MS)
    assert.deepEqual(await findKeysContaining(two.redis, 'canary-lease'), [])
  })
})

test('a deleted text is in no file after the append-only file was rewritten, and never in the slow log', async (t) => {
  const args = [...FSYNC_ALWAYS, '--slowlog-log-slower-than', '0', '--rdbcompression', 'no']
  const server = await RedisServer.start(t, { args })
  const one = await openStoreOn(t, server)
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  const first = await post(one, 'canary-edited')
  const second = await post(one, 'canary-deleted')
  await post(one, 'canary-there')
  await one.store.edit(LOBBY, first.id, 'owner', 'canary-after')
  await one.store.deleteMessage(LOBBY, second.id, 'owner')
  const log = JSON.stringify(await server.command('SLOWLOG', 'GET', '-1'))
  assert.match(log, /evalsha/i)
  assert.ok(!log.includes('canary'))
  assert.notDeepEqual(await findFilesContaining(server.folder, 'canary-deleted'), [])
  await server.command('BGREWRITEAOF')
  await eventually(async () => {
    for (const text of ['canary-edited', 'canary-deleted'])
      assert.deepEqual(await findFilesContaining(server.folder, text), [])
  })
  for (const text of ['canary-there', 'canary-after'])
    assert.notDeepEqual(await findFilesContaining(server.folder, text), [])
})

test('damaged rooms do not keep expired messages in the others', async () => {
  const timers = new TestClock()
  const one = await openTestRedisStore(await open(), timers)
  const rooms = Array.from({ length: 30 }, (_, n) => parseSlug(`room-${n}`))
  const part = (room: Slug, name: string) => one.redis.keys.room(room, name)
  for (const room of rooms) {
    await one.store.createRoom(room, { ...FOREVER, retention: DAY_MS }, 'owner')
    await one.store.append(room, ADA, AUTHOR, parseDraft({ text: 'over tomorrow' }))
  }
  const damaged = rooms.filter((_, n) => n % 5 === 0)
  for (const room of damaged) {
    await one.redis.command('DEL', part(room, 'times'))
    await one.redis.command('SET', part(room, 'times'), 'no sorted set')
  }
  await one.advance(DAY_MS + SECOND_MS)
  timers.advance(15 * SECOND_MS)
  const whole = rooms.filter((room) => !damaged.includes(room))
  await eventually(async () => {
    for (const room of whole) assert.equal(await one.redis.command('EXISTS', part(room, 'events')), 0, room)
  })
  assert.ok(one.reported.length >= damaged.length)
  await one.close()
})
