import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { ADA, AUTHOR, LOBBY } from '../../support/events.ts'
import { FOREVER, testStore } from '../../support/store/test-store.ts'

const POINTERS = 300_000

/** A reading of the index takes microseconds, one of all events a hundred milliseconds. */
const READ_MAX_MS = 25

/** The fastest of several readings: others use the machine, too. */
async function fastest(read: () => Promise<unknown>): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let n = 0; n < 5; n++) {
    const began = performance.now()
    await read()
    best = Math.min(best, performance.now() - began)
  }
  return best
}

test('a page costs what it shows, however many edits and deletions are in the room', async (t) => {
  const { store, folder } = await testStore(t)
  await store.createRoom(LOBBY, FOREVER, 'owner')
  const first = await store.append(LOBBY, ADA, AUTHOR, { text: 'edited again and again', key: undefined })
  const database = new DatabaseSync(join(folder, 'rooms.db'))
  database.exec(`
    WITH RECURSIVE numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n <= ${POINTERS})
    INSERT INTO events (room, seq, epoch, kind, at, of, of_epoch)
    SELECT 1, n, '${first.id.epoch}', iif(n % 2, 'edited', 'deleted'), 1, iif(n % 2, 1, n + ${POINTERS}), '${first.id.epoch}'
    FROM numbers;
    UPDATE rooms SET seq = ${POINTERS} + 1`)
  database.close()
  const last = { ...first.id, seq: POINTERS + 1 }
  const reads = {
    newest: () => store.readPage(LOBBY, { kind: 'newest' }, 50),
    before: () => store.readPage(LOBBY, { kind: 'before', id: last }, 50),
    after: () => store.readPage(LOBBY, { kind: 'after', id: { ...first.id, seq: 0 } }, 50),
    around: () => store.readPage(LOBBY, { kind: 'around', id: first.id }, 50),
    // What a reader sends whose cursor is of another history, or no cursor.
    'an unknown epoch': () => store.hasEvent(LOBBY, { epoch: 'zzzzzzzzz', seq: 1 }),
    'an early epoch': () => store.hasEvent(LOBBY, { epoch: '1', seq: POINTERS / 2 }),
  }
  for (const [name, read] of Object.entries(reads)) {
    const ms = await fastest(read)
    assert.ok(ms < READ_MAX_MS, `${name}: ${ms} ms`)
  }
  assert.deepEqual((await store.readPage(LOBBY, { kind: 'newest' }, 50)).messages, [first])
  assert.equal(await store.hasEvent(LOBBY, { epoch: 'zzzzzzzzz', seq: 1 }), false)
})
