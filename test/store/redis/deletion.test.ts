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

function say({ store }: StoreProcess, text: string, room = LOBBY): Promise<Posted> {
  return store.append(room, ADA, AUTHOR, parseDraft({ text }))
}

/** A store whose time passes only as the test says, what it does from time to time included. */
async function timed(t: TestContext) {
  const timers = new TestClock()
  const under = await open()
  const one = await openTestRedisStore(under, timers)
  t.after(async () => {
    await one.close()
    assert.deepEqual(one.reported, [])
  })
  const pass = async (ms: number) => {
    await one.advance(ms)
    timers.advance(ms)
  }
  return {
    one,
    pass,
    setClock: (ms: number) => under.clock.advance(ms),
    nowhere: async (text: string) => {
      await eventually(async () => assert.deepEqual(await findKeysContaining(one.redis, text), []))
    },
    stored: async (text: string) => assert.notDeepEqual(await findKeysContaining(one.redis, text), []),
  }
}

test('an edited, deleted or surplus text is in no key at once, an expired one within a minute, and nothing of a deleted room', async (t) => {
  const { one, pass, nowhere, stored } = await timed(t)
  const { store } = one
  await store.createRoom(LOBBY, { retention: DAY_MS, keep: 3, listed: false }, 'owner')
  await store.createRoom(OTHER, FOREVER, 'owner')
  const message = await say(one, 'canary-first')
  await stored('canary-first')
  await store.edit(LOBBY, message.id, 'owner', 'canary-edited')
  assert.deepEqual(await findKeysContaining(one.redis, 'canary-first'), [])
  await stored('canary-edited')
  await store.deleteMessage(LOBBY, message.id, 'owner')
  assert.deepEqual(await findKeysContaining(one.redis, 'canary-edited'), [])

  for (let n = 1; n <= 5; n++) await say(one, `canary-${n}`)
  for (const n of [1, 2]) assert.deepEqual(await findKeysContaining(one.redis, `canary-${n}`), [])
  await stored('canary-3')
  await store.changeSettings(LOBBY, { retention: DAY_MS, keep: 2, listed: false })
  await nowhere('canary-3')
  await pass(DAY_MS - 30 * SECOND_MS)
  await stored('canary-4')
  await pass(30 * SECOND_MS)
  await pass(15 * SECOND_MS)
  await nowhere('canary-')

  await say(one, 'canary-whole', OTHER)
  await stored('canary-whole')
  await store.deleteRoom(OTHER)
  assert.deepEqual(await findKeysContaining(one.redis, 'canary-whole'), [])
})

test('whatever is said, edited and deleted in whatever order, only what is there now is in the keys', async (t) => {
  const { one } = await timed(t)
  const step = fc.record({
    does: fc.constantFrom('say', 'say', 'say', 'edit', 'delete'),
    pick: fc.nat(),
  })
  let rooms = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 80 }), async (steps) => {
      const room = parseSlug(`room-${++rooms}`)
      await one.store.createRoom(room, FOREVER, 'owner')
      const alive = new Map<Posted, string>()
      const over: string[] = []
      for (const [index, { does, pick }] of steps.entries()) {
        const canary = `<${rooms}/${index}>`
        const [message, was] = [...alive][pick % Math.max(1, alive.size)] ?? []
        if (does === 'say' || !message || !was) alive.set(await say(one, canary, room), canary)
        else {
          over.push(was)
          if (does === 'delete') {
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
      for (const canary of over) assert.deepEqual(await findKeysContaining(one.redis, canary), [])
      // Nothing points to what is gone.
      const sizes = await Promise.all(
        ['HLEN events', 'ZCARD messages', 'ZCARD changes', 'ZCARD times'].map((words) => {
          const [command = '', part = ''] = words.split(' ')
          return one.redis.command(command, one.redis.keys.room(room, part))
        }),
      )
      const [events, posted, changes, times] = sizes.map(Number)
      assert.deepEqual([events, times], [times, (posted ?? 0) + (changes ?? 0)])
    }),
    { numRuns: 12, endOnFailure: true },
  )
})

test('what is over in great numbers is deleted in steps, with all that points to it', async (t) => {
  const { one, pass } = await timed(t)
  const { store, redis } = one
  await store.createRoom(LOBBY, { retention: DAY_MS, keep: undefined, listed: false }, 'owner')
  const posted = await Promise.all(Array.from({ length: 1500 }, (_, n) => say(one, `old-${n}`)))
  for (const { id } of posted.slice(0, 20)) await store.edit(LOBBY, id, 'owner', 'old-edited')
  for (const { id } of posted.slice(20, 40)) await store.deleteMessage(LOBBY, id, 'owner')
  await store.createRoom(OTHER, FOREVER, 'owner')
  await pass(DAY_MS)
  await say(one, 'new')
  for (let n = 0; n < 3; n++) await say(one, `between-${n}`, OTHER)
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

test('messages expire by their own time, also where Redis’s clock was set back between them', async (t) => {
  const { one, pass, setClock, nowhere, stored } = await timed(t)
  await one.store.createRoom(LOBBY, { retention: DAY_MS, keep: undefined, listed: false }, 'owner')
  setClock(7200 * SECOND_MS)
  await say(one, 'canary-ahead')
  setClock(-7200 * SECOND_MS)
  await say(one, 'canary-back')
  await pass(DAY_MS)
  await nowhere('canary-back')
  await stored('canary-ahead')
  assert.deepEqual((await one.store.readPage(LOBBY, { kind: 'newest' }, 9)).messages.length, 1)
  await pass(7200 * SECOND_MS)
  await nowhere('canary-ahead')
})

test('one process of many sweeps at a time, and another does when that one is gone', async (t) => {
  const timers = new TestClock()
  const one = await openTestRedisStore(await open(), timers)
  t.after(() => one.close())
  await one.store.createRoom(LOBBY, { retention: DAY_MS, keep: undefined, listed: false }, 'owner')
  await say(one, 'canary-lease')
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

test('after the log was rewritten a deleted text is in no file either, and never in the slow log', async (t) => {
  const args = [...FSYNC_ALWAYS, '--slowlog-log-slower-than', '0', '--rdbcompression', 'no']
  const server = await RedisServer.start(t, { args })
  const one = await openStoreOn(t, server)
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  const first = await say(one, 'canary-edited')
  const second = await say(one, 'canary-deleted')
  await say(one, 'canary-there')
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

test('rooms that are damaged keep nobody from deleting what is over in the others', async () => {
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
