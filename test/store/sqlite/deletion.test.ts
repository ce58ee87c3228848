import assert from 'node:assert/strict'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Posted } from '../../../src/chat/event.ts'
import { parseDraft } from '../../../src/chat/message.ts'
import { parseSlug } from '../../../src/chat/room.ts'
import { databasePath } from '../../../src/store/sqlite/store.ts'
import { ADA, AUTHOR, BOB, LOBBY } from '../../support/events.ts'
import { eventually } from '../../support/eventually.ts'
import { plantInFreeSpan } from '../../support/store/plant-in-free-span.ts'
import {
  FOREVER,
  findDatabaseFilesContaining,
  openTestStore,
  type TestStore,
  testStore,
} from '../../support/store/test-store.ts'

const OTHER = parseSlug('other')
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

function post({ store }: TestStore, text: string, room = LOBBY): Promise<Posted> {
  return store.append(room, ADA, AUTHOR, parseDraft({ text }))
}

/** Advances the clock until it holds: the next sweep is scheduled only when the result of the previous one arrives. */
async function assertNowhere({ folder, clock }: TestStore, text: string): Promise<void> {
  await eventually(async () => {
    clock.advance(MINUTE_MS / 2)
    assert.deepEqual(await findDatabaseFilesContaining(folder, text), [])
  })
}

async function assertStored({ folder }: TestStore, text: string): Promise<void> {
  assert.notDeepEqual(await findDatabaseFilesContaining(folder, text), [])
}

test('no byte of any file contains an edited, deleted, expired or surplus text, or a text of a deleted room', async (t) => {
  const fixture = await testStore(t)
  const { store, clock } = fixture
  await store.createRoom(LOBBY, { retention: DAY_MS, keep: 3, listed: false }, 'owner')
  await store.createRoom(OTHER, FOREVER, 'owner')
  const message = await post(fixture, 'canary-first')
  await assertStored(fixture, 'canary-first')
  await store.edit(LOBBY, message.id, 'owner', 'canary-edited')
  await assertNowhere(fixture, 'canary-first')
  await assertStored(fixture, 'canary-edited')
  await store.deleteMessage(LOBBY, message.id, 'owner')
  await assertNowhere(fixture, 'canary-edited')

  for (let n = 1; n <= 5; n++) await post(fixture, `canary-${n}`)
  clock.advance(MINUTE_MS)
  await assertNowhere(fixture, 'canary-1')
  await assertNowhere(fixture, 'canary-2')
  await assertStored(fixture, 'canary-3')
  clock.advance(DAY_MS)
  for (const n of [3, 4, 5]) await assertNowhere(fixture, `canary-${n}`)

  await post(fixture, 'canary-whole', OTHER)
  await store.deleteRoom(OTHER)
  clock.advance(0)
  await assertNowhere(fixture, 'canary-whole')
  assert.deepEqual(fixture.reported, [])
})

interface Step {
  readonly action: 'post' | 'edit' | 'delete'
  readonly length: number
  /** Selects one of the present messages. */
  readonly pick: number
}

async function assertOnlyPresentTexts(steps: readonly Step[]): Promise<void> {
  await using fixture = await openTestStore()
  await fixture.store.createRoom(LOBBY, FOREVER, 'owner')
  const alive = new Map<Posted, string>()
  const goneTexts: string[] = []
  for (const [index, { action, length, pick }] of steps.entries()) {
    const canary = `<canary-${index}>`
    const text = canary.repeat(Math.ceil(length / canary.length))
    const [message, previous] = [...alive][pick % Math.max(1, alive.size)] ?? []
    if (action === 'post' || !message || !previous) alive.set(await post(fixture, text), canary)
    else {
      goneTexts.push(previous)
      alive.delete(message)
      if (action === 'delete') await fixture.store.deleteMessage(LOBBY, message.id, 'owner')
      else {
        await fixture.store.edit(LOBBY, message.id, 'owner', text)
        alive.set(message, canary)
      }
    }
  }
  for (const canary of goneTexts) await assertNowhere(fixture, canary)
}

test('the files contain only the present texts, after any sequence of posts, edits and deletions', async () => {
  const step = fc.record({
    action: fc.constantFrom<Step['action']>('post', 'post', 'post', 'edit', 'delete'),
    length: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 3900 })),
    pick: fc.nat(),
  })
  const steps = fc.array(step, { minLength: 30, maxLength: 250 })
  await fc.assert(
    fc.asyncProperty(steps, assertOnlyPresentTexts),
    // Each run has its own database, which makes shrinking a failure too slow.
    { numRuns: 12, endOnFailure: true },
  )
})

/** Steps: +length posts, -pick deletes and ~pick edits. */
const STEPS_THAT_LEAVE_COPIES = `
  +1000 +880 +1 +1000 +300 +149 -14 +1 +1 +600 +1000 +144 +100 +600 +300 +861 -20 -9 -15 ~4 +1 +1
  +1000 +600 +1 +600 +1 -18 ~5 -25 +1 -20 +1 ~9 +1 +1 ~36 -10 +1 +100 +300 +1 -21 +1000 -31 -14 -30
  +100 -3 +100 +100 +1 +300 +1 ~38 ~5 +1 +1 ~33 +1 ~36 -11`

test('copies that SQLite left in free space, when it moved messages from page to page, are gone as well', async () => {
  const steps = STEPS_THAT_LEAVE_COPIES.trim()
    .split(/\s+/)
    .map((step): Step => {
      const number = Number(step.slice(1))
      if (step.startsWith('+')) return { action: 'post', length: number, pick: 0 }
      return { action: step.startsWith('-') ? 'delete' : 'edit', length: 1, pick: number }
    })
  await assertOnlyPresentTexts(steps)
})

test('deleted text that a killed process left in the write-ahead log is gone after the next start', async (t) => {
  const neverCheckpoints =
    "require('node:sqlite').DatabaseSync.prototype.prepare = ((prepare) => function (sql) {" +
    ' return /wal_checkpoint/.test(sql) ? { get: () => ({ busy: 1 }) } : prepare.call(this, sql)' +
    ' })(require("node:sqlite").DatabaseSync.prototype.prepare)'
  const one = await testStore(t, neverCheckpoints)
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  const message = await post(one, 'canary-left')
  await one.store.deleteMessage(LOBBY, message.id, 'owner')
  await assertStored(one, 'canary-left')
  // The files are copied while they are open, as if the power had failed.
  const two = await testStore(t)
  await two.store.close()
  await cp(one.folder, two.folder, { recursive: true })
  await two.reopen()
  await assertNowhere(two, 'canary-left')
})

test('deleted text that a killed process left in free space is gone after the next start', async (t) => {
  const fixture = await testStore(t)
  await fixture.store.createRoom(LOBBY, FOREVER, 'owner')
  await fixture.store.close()
  plantInFreeSpan(databasePath(fixture.folder), 2, 'canary-gap')
  await assertStored(fixture, 'canary-gap')
  await fixture.reopen()
  await assertNowhere(fixture, 'canary-gap')
})

test('a long read, such as a backup, delays no post, and the write-ahead log is emptied after it', async (t) => {
  const fixture = await testStore(t)
  await fixture.store.createRoom(LOBBY, FOREVER, 'owner')
  const message = await post(fixture, 'canary-read')
  const reader = new DatabaseSync(join(fixture.folder, 'rooms.db'), { readOnly: true })
  reader.exec('BEGIN')
  reader.prepare('SELECT count(*) FROM events').get()
  const started = performance.now()
  await fixture.store.deleteMessage(LOBBY, message.id, 'owner')
  await post(fixture, 'more')
  assert.ok(performance.now() - started < 4000, 'SQLite would have waited five seconds')
  await assertStored(fixture, 'canary-read')
  reader.exec('COMMIT')
  reader.close()
  await assertNowhere(fixture, 'canary-read')
})

test('many expired messages are deleted in steps, and posts are stored in between', async (t) => {
  const fixture = await testStore(t)
  const { store, clock } = fixture
  await store.createRoom(LOBBY, { retention: DAY_MS, keep: undefined, listed: false }, 'owner')
  await Promise.all(
    Array.from({ length: 3000 }, (_, n) =>
      store.append(LOBBY, BOB, AUTHOR, parseDraft({ text: `old-${n}` })),
    ),
  )
  await store.createRoom(OTHER, FOREVER, 'owner')
  clock.advance(DAY_MS)
  for (let n = 0; n < 3; n++) await post(fixture, `between-${n}`, OTHER)
  await assertNowhere(fixture, 'old-')
  assert.equal((await store.top(LOBBY)).seq, 3000)
  assert.equal((await store.readPage(OTHER, { kind: 'newest' }, 10)).messages.length, 3)
})

test('messages posted after the clock was set back expire with the ones before them, and none is older than the one before', async (t) => {
  const fixture = await testStore(t)
  const { store, clock } = fixture
  await store.createRoom(LOBBY, { retention: DAY_MS, keep: undefined, listed: false }, 'owner')
  const now = clock.now.bind(clock)
  clock.now = () => now() + 2 * 60 * MINUTE_MS
  await post(fixture, 'canary-ahead')
  clock.now = now
  await post(fixture, 'canary-back')
  clock.advance(DAY_MS + MINUTE_MS)
  await assertStored(fixture, 'canary-back')
  await assertStored(fixture, 'canary-ahead')
  clock.advance(2 * 60 * MINUTE_MS)
  await assertNowhere(fixture, 'canary-back')
  await assertNowhere(fixture, 'canary-ahead')
})

test('a new room contains nothing of the deleted room whose slug it takes', async (t) => {
  const fixture = await testStore(t)
  const { store, clock } = fixture
  await store.createRoom(LOBBY, FOREVER, 'owner')
  const before = await post(fixture, 'canary-before')
  await store.deleteRoom(LOBBY)
  clock.advance(30 * DAY_MS + MINUTE_MS)
  assert.ok(await store.createRoom(LOBBY, FOREVER, 'other'))
  assert.equal(await store.hasEvent(LOBBY, before.id), false)
  assert.deepEqual((await store.readPage(LOBBY, { kind: 'newest' }, 9)).messages, [])
  clock.advance(MINUTE_MS)
  await assertNowhere(fixture, 'canary-before')
})
