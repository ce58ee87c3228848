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

function say({ store }: TestStore, text: string, room = LOBBY): Promise<Posted> {
  return store.append(room, ADA, AUTHOR, parseDraft({ text }))
}

/** Holds after some time of the store's, for the next sweep may not be due before this one's outcome is there. */
async function nowhere({ folder, clock }: TestStore, text: string): Promise<void> {
  await eventually(async () => {
    clock.advance(MINUTE_MS / 2)
    assert.deepEqual(await findDatabaseFilesContaining(folder, text), [])
  })
}

async function stored({ folder }: TestStore, text: string): Promise<void> {
  assert.notDeepEqual(await findDatabaseFilesContaining(folder, text), [])
}

test('an edited, deleted, expired or surplus text is in no byte of any file, nor what a deleted room held', async (t) => {
  const under = await testStore(t)
  const { store, clock } = under
  await store.createRoom(LOBBY, { retention: DAY_MS, keep: 3, listed: false }, 'owner')
  await store.createRoom(OTHER, FOREVER, 'owner')
  const message = await say(under, 'canary-first')
  await stored(under, 'canary-first')
  await store.edit(LOBBY, message.id, 'owner', 'canary-edited')
  await nowhere(under, 'canary-first')
  await stored(under, 'canary-edited')
  await store.deleteMessage(LOBBY, message.id, 'owner')
  await nowhere(under, 'canary-edited')

  for (let n = 1; n <= 5; n++) await say(under, `canary-${n}`)
  clock.advance(MINUTE_MS)
  await nowhere(under, 'canary-1')
  await nowhere(under, 'canary-2')
  await stored(under, 'canary-3')
  clock.advance(DAY_MS)
  for (const n of [3, 4, 5]) await nowhere(under, `canary-${n}`)

  await say(under, 'canary-whole', OTHER)
  await store.deleteRoom(OTHER)
  clock.advance(0)
  await nowhere(under, 'canary-whole')
  assert.deepEqual(under.reported, [])
})

interface Step {
  readonly does: 'say' | 'edit' | 'delete'
  readonly length: number
  /** Which of the messages that are there. */
  readonly pick: number
}

async function onlyWhatIsThereNow(steps: readonly Step[]): Promise<void> {
  await using under = await openTestStore()
  await under.store.createRoom(LOBBY, FOREVER, 'owner')
  const alive = new Map<Posted, string>()
  const over: string[] = []
  for (const [index, { does, length, pick }] of steps.entries()) {
    const canary = `<canary-${index}>`
    const text = canary.repeat(Math.ceil(length / canary.length))
    const [message, was] = [...alive][pick % Math.max(1, alive.size)] ?? []
    if (does === 'say' || !message || !was) alive.set(await say(under, text), canary)
    else {
      over.push(was)
      alive.delete(message)
      if (does === 'delete') await under.store.deleteMessage(LOBBY, message.id, 'owner')
      else {
        await under.store.edit(LOBBY, message.id, 'owner', text)
        alive.set(message, canary)
      }
    }
  }
  for (const canary of over) await nowhere(under, canary)
}

test('whatever is said, edited and deleted in whatever order, only what is there now is in the files', async () => {
  const step = fc.record({
    does: fc.constantFrom<Step['does']>('say', 'say', 'say', 'edit', 'delete'),
    length: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 3900 })),
    pick: fc.nat(),
  })
  const steps = fc.array(step, { minLength: 30, maxLength: 250 })
  await fc.assert(
    fc.asyncProperty(steps, onlyWhatIsThereNow),
    // Each run has a database of its own: too slow to look for a shorter one that fails.
    { numRuns: 12, endOnFailure: true },
  )
})

/** +length says something, -pick deletes and ~pick edits. */
const LEFT_IN_A_GAP = `
  +1000 +880 +1 +1000 +300 +149 -14 +1 +1 +600 +1000 +144 +100 +600 +300 +861 -20 -9 -15 ~4 +1 +1
  +1000 +600 +1 +600 +1 -18 ~5 -25 +1 -20 +1 ~9 +1 +1 ~36 -10 +1 +100 +300 +1 -21 +1000 -31 -14 -30
  +100 -3 +100 +100 +1 +300 +1 ~38 ~5 +1 +1 ~33 +1 ~36 -11`

test('what SQLite left in a gap, where it moved messages from page to page, is gone as well', async () => {
  const steps = LEFT_IN_A_GAP.trim()
    .split(/\s+/)
    .map((step): Step => {
      const number = Number(step.slice(1))
      if (step.startsWith('+')) return { does: 'say', length: number, pick: 0 }
      return { does: step.startsWith('-') ? 'delete' : 'edit', length: 1, pick: number }
    })
  await onlyWhatIsThereNow(steps)
})

test('what a killed process left in the log is gone from it at the next start', async (t) => {
  const lazy =
    "require('node:sqlite').DatabaseSync.prototype.prepare = ((prepare) => function (sql) {" +
    ' return /wal_checkpoint/.test(sql) ? { get: () => ({ busy: 1 }) } : prepare.call(this, sql)' +
    ' })(require("node:sqlite").DatabaseSync.prototype.prepare)'
  const one = await testStore(t, lazy)
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  const message = await say(one, 'canary-left')
  await one.store.deleteMessage(LOBBY, message.id, 'owner')
  await stored(one, 'canary-left')
  // Copied as it lies there, like a disk whose machine lost its power.
  const two = await testStore(t)
  await two.store.close()
  await cp(one.folder, two.folder, { recursive: true })
  await two.reopen()
  await nowhere(two, 'canary-left')
})

test('and so is what it left in a gap', async (t) => {
  const under = await testStore(t)
  await under.store.createRoom(LOBBY, FOREVER, 'owner')
  await under.store.close()
  plantInFreeSpan(databasePath(under.folder), 2, 'canary-gap')
  await stored(under, 'canary-gap')
  await under.reopen()
  await nowhere(under, 'canary-gap')
})

test('a long reading, as a backup is, lets no post wait, and the log is emptied after it', async (t) => {
  const under = await testStore(t)
  await under.store.createRoom(LOBBY, FOREVER, 'owner')
  const message = await say(under, 'canary-read')
  const reader = new DatabaseSync(join(under.folder, 'rooms.db'), { readOnly: true })
  reader.exec('BEGIN')
  reader.prepare('SELECT count(*) FROM events').get()
  const started = performance.now()
  await under.store.deleteMessage(LOBBY, message.id, 'owner')
  await say(under, 'more')
  assert.ok(performance.now() - started < 4000, 'SQLite would have waited five seconds')
  await stored(under, 'canary-read')
  reader.exec('COMMIT')
  reader.close()
  await nowhere(under, 'canary-read')
})

test('what is over in great numbers is deleted in steps, and posts go between them', async (t) => {
  const under = await testStore(t)
  const { store, clock } = under
  await store.createRoom(LOBBY, { retention: DAY_MS, keep: undefined, listed: false }, 'owner')
  await Promise.all(
    Array.from({ length: 3000 }, (_, n) =>
      store.append(LOBBY, BOB, AUTHOR, parseDraft({ text: `old-${n}` })),
    ),
  )
  await store.createRoom(OTHER, FOREVER, 'owner')
  clock.advance(DAY_MS)
  for (let n = 0; n < 3; n++) await say(under, `between-${n}`, OTHER)
  await nowhere(under, 'old-')
  assert.equal((await store.top(LOBBY)).seq, 3000)
  assert.equal((await store.readPage(OTHER, { kind: 'newest' }, 10)).messages.length, 3)
})

test('messages expire by their own time, also where the clock was set back between them', async (t) => {
  const under = await testStore(t)
  const { store, clock } = under
  await store.createRoom(LOBBY, { retention: DAY_MS, keep: undefined, listed: false }, 'owner')
  const now = clock.now.bind(clock)
  clock.now = () => now() + 2 * 60 * MINUTE_MS
  await say(under, 'canary-ahead')
  clock.now = now
  await say(under, 'canary-back')
  clock.advance(DAY_MS + MINUTE_MS)
  await nowhere(under, 'canary-back')
  await stored(under, 'canary-ahead')
  clock.advance(2 * 60 * MINUTE_MS)
  await nowhere(under, 'canary-ahead')
})

test('a room of a name whose reservation is over has nothing of the one before', async (t) => {
  const under = await testStore(t)
  const { store, clock } = under
  await store.createRoom(LOBBY, FOREVER, 'owner')
  const before = await say(under, 'canary-before')
  await store.deleteRoom(LOBBY)
  clock.advance(30 * DAY_MS + MINUTE_MS)
  assert.ok(await store.createRoom(LOBBY, FOREVER, 'other'))
  assert.equal(await store.hasEvent(LOBBY, before.id), false)
  assert.deepEqual((await store.readPage(LOBBY, { kind: 'newest' }, 9)).messages, [])
  clock.advance(MINUTE_MS)
  await nowhere(under, 'canary-before')
})
