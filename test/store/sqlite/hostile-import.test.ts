import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatId, parseCursor } from '../../../src/chat/event.ts'
import { parseDraft } from '../../../src/chat/message.ts'
import { parseSlug, type Slug } from '../../../src/chat/room.ts'
import { readLines } from '../../../src/commands/read-lines.ts'
import { LINE_MAX } from '../../../src/store/export-format.ts'
import { importRoom } from '../../../src/store/sqlite/import.ts'
import { openForWriting } from '../../../src/store/sqlite/open-database.ts'
import { ADA, AUTHOR, LOBBY } from '../../support/events.ts'
import { refused } from '../../support/refused.ts'
import { FOREVER, openTestStore, type TestStore, testStore } from '../../support/store/test-store.ts'

const AT = '2026-11-22T16:00:00.000Z'
const TEA = parseSlug('tea')

const HEADER = { snug: 1, room: 'lobby', retention: 'forever', keep: null, listed: false, seq: 3 }
const posted = (id: string, fields: object = {}) => ({
  id,
  kind: 'posted',
  at: AT,
  author: { name: 'Ada', tag: 'abc', verified: false },
  text: 'hello',
  ...fields,
})

const lines = (...records: object[]) => records.map((record) => JSON.stringify(record)).join('\n')

/** Imports a file into a store, which is closed in the meantime. */
async function importText(fixture: TestStore, text: string | Iterable<string | Buffer>) {
  await fixture.store.close()
  const database = openForWriting(join(fixture.folder, 'rooms.db'), fixture.clock.now())
  try {
    const input = Readable.from(typeof text === 'string' ? [Buffer.from(text)] : text)
    return await importRoom(database, readLines(input, LINE_MAX), {
      now: fixture.clock.now(),
      owner: 'fresh',
    })
  } finally {
    database.close()
    await fixture.reopen()
  }
}

const post = ({ store }: TestStore, room: Slug, text: string) =>
  store.append(room, ADA, AUTHOR, parseDraft({ text }))

/** The room works: what is posted is read, under a number that can be read, also after a restart. */
async function assertRoomWorks(fixture: TestStore): Promise<void> {
  const message = await post(fixture, LOBBY, 'posted after the import')
  assert.deepEqual(parseCursor(formatId(message.id)), message.id)
  await fixture.store.edit(LOBBY, message.id, 'owner', 'edited')
  await fixture.reopen()
  const { messages, top } = await fixture.store.readPage(LOBBY, { kind: 'newest' }, 100)
  assert.equal(messages.at(-1)?.text, 'edited')
  assert.deepEqual(parseCursor(formatId(top)), top)
  for (const event of await fixture.store.readEvents(LOBBY, { epoch: top.epoch, seq: 0 }, top, 100)) {
    if (event.kind === 'edited') assert.notEqual(event.message.text, 'null')
  }
  assert.equal(fixture.reported.length, 0)
}

const NUMBERS = fc.constantFrom(
  ...[0, 1, 2, 3, 999_999_999_999, 1_000_000_000_000, 1_000_000_000_001, 99_999_999_999_999],
  ...[900_000_000_000_000, 999_999_999_999_998, 999_999_999_999_999, 2 ** 53 - 1, 2 ** 53, 1e21, -1, 1.5],
)
const EPOCHS = fc.constantFrom(
  '0',
  '1',
  'k3x9',
  '0k3x9',
  'k3x9aaaa',
  'zzzzzzzz',
  'zzzzzzzzz',
  'zzzzzzzzzzz',
  '',
)
const TIMES = fc.constantFrom(
  ...[AT, '1970-01-01T00:00:00.000Z', '1969-12-31T23:59:59.999Z', '+275760-09-13T00:00:00.000Z'],
  ...['-271821-04-20T00:00:00.000Z', '2026-11-22T15:00:00.000Z', '2026-11-24T15:00:00.000Z'],
)
const RECORD = fc.record({
  kind: fc.constantFrom('posted', 'posted', 'edited', 'deleted'),
  seq: NUMBERS,
  epoch: EPOCHS,
  at: TIMES,
  ofSeq: NUMBERS,
  ofEpoch: EPOCHS,
})

test('whatever an imported file contains, it is refused, or its room and the others work, also after a restart', async () => {
  const file = fc.record({ seq: NUMBERS, records: fc.array(RECORD, { maxLength: 5 }) })
  await using fixture = await openTestStore()
  await fixture.store.createRoom(TEA, FOREVER, 'owner')
  let imported = 0
  await fc.assert(
    fc.asyncProperty(file, async ({ seq, records }) => {
      const made = records.map(({ kind, seq: own, epoch, at, ofSeq, ofEpoch }) =>
        kind === 'posted'
          ? posted(`${epoch}.${own}`, { at })
          : { id: `${epoch}.${own}`, kind, at, of: `${ofEpoch}.${ofSeq}` },
      )
      const result = await importText(fixture, lines({ ...HEADER, seq }, ...made))
      if ('slug' in result) {
        imported++
        await assertRoomWorks(fixture)
        await fixture.store.deleteRoom(LOBBY)
      }
      await post(fixture, TEA, 'still here')
    }),
    {
      numRuns: 60,
      endOnFailure: true,
      examples: [
        [{ seq: 2 ** 53 - 1, records: [] }],
        [{ seq: 999_999_999_999_999, records: [] }],
        [
          {
            seq: 3,
            records: [{ kind: 'posted', seq: 1, epoch: 'zzzzzzzzzzz', at: AT, ofSeq: 0, ofEpoch: '0' }],
          },
        ],
        [
          {
            seq: 1e12,
            records: [{ kind: 'posted', seq: 1e12, epoch: 'k3x9', at: AT, ofSeq: 0, ofEpoch: '0' }],
          },
        ],
      ],
    },
  )
  assert.ok(imported > 0)
})

test('an import refuses numbers that few could follow, disorder, and pointers to what is no message', async (t) => {
  const fixture = await testStore(t)
  const edited = (id: string, of: string) => ({ id, kind: 'edited', at: AT, of })
  const cases: [object[], RegExp][] = [
    [[{ ...HEADER, seq: 2 ** 53 - 1 }], /^Line 1: The field seq is too high/],
    [[{ ...HEADER, seq: 1e15 - 1 }], /^Line 1: The field seq is too high/],
    [[{ ...HEADER, seq: 1e12 }, posted('zzzzzzzzzzz.1')], /^Line 2: The field id must be the id of an event/],
    [[HEADER, posted('zzzzzzzzz.1')], /^Line 2: The field id has a number that is too high/],
    [[HEADER, posted('0k3x9.1')], /^Line 2: The field id must be the id of an event/],
    [[HEADER, posted('b.1'), posted('a.2')], /^Line 3: Its id must come after/],
    [[HEADER, posted('a.1'), posted('b.2'), posted('a.3')], /^Line 4: Its id must come after/],
    [[HEADER, posted('a.1'), posted('a.1')], /^Line 3: Its id must come after/],
    [
      [HEADER, posted('a.1'), edited('a.2', 'a.1'), edited('a.3', 'a.2')],
      /^Line 4: It must refer to a message/,
    ],
    [[HEADER, posted('a.1'), edited('a.2', 'b.1')], /^Line 3: It must refer to a message/],
    [[HEADER, posted('a.1', { at: '1969-12-31T23:59:59.999Z' })], /^Line 2: The field at must be a time/],
    [[HEADER, posted('a.1', { at: '2027-11-22T17:00:00.000Z' })], /^Line 2: Its time is in the future/],
    [[HEADER, posted('a.1', { editedAt: '2027-11-22T17:00:00.000Z' })], /^Line 2: Its time is in the future/],
  ]
  for (const [records, problem] of cases) {
    const result = await importText(fixture, lines(...records))
    assert.ok('problems' in result, String(problem))
    assert.match(result.problems[0] ?? '', problem)
    assert.equal(await fixture.store.findKeptRoom(LOBBY), undefined)
  }
})

test('an import may begin with blank lines and a byte order mark, and have line breaks of Windows', async (t) => {
  const fixture = await testStore(t)
  const text = `\uFEFF\r\n\n  \n${lines(HEADER, posted('a.1')).replaceAll('\n', '\r\n\r\n')}\r\n`
  assert.deepEqual(await importText(fixture, text), { slug: LOBBY, messages: 1, hasOwner: false })
  const wrong = await importText(fixture, `\n\n${lines({ ...HEADER, room: 'cup' }, { id: 'x' })}`)
  assert.ok('problems' in wrong && wrong.problems[0]?.startsWith('Line 4: '), JSON.stringify(wrong))
})

test('an import refuses text that is not UTF-8, and reads characters that are cut between two chunks', async (t) => {
  const fixture = await testStore(t)
  const file = Buffer.from(lines(HEADER, posted('a.1', { text: 'Zoë 👋' })))
  const latin1 = Buffer.from(lines(HEADER, posted('a.1', { text: 'Zoë' })), 'latin1')
  const utf16 = Buffer.from(`\uFEFF${lines(HEADER)}`, 'utf16le')
  for (const wrong of [latin1, utf16, file.subarray(0, file.indexOf('👋') + 2)])
    await assert.rejects(importText(fixture, [wrong]), refused('invalid'))
  const single = Array.from(file, (byte) => Buffer.from([byte]))
  assert.deepEqual(await importText(fixture, single), { slug: LOBBY, messages: 1, hasOwner: false })
  const { messages } = await fixture.store.readPage(LOBBY, { kind: 'newest' }, 10)
  assert.equal(messages[0]?.text, 'Zoë 👋')
})

test('an import reads a long line in linear time and little memory, and refuses it', async (t) => {
  const fixture = await testStore(t)
  let read = 0
  function* endlessLine() {
    yield `${lines(HEADER)}\n{"id":"`
    for (const chunk = 'x'.repeat(65_536); read < 200_000_000; read += chunk.length) yield chunk
  }
  const startedAt = performance.now()
  const before = process.memoryUsage().rss
  const result = await importText(fixture, endlessLine())
  assert.ok('problems' in result && /^Line 2: It is longer than any line/.test(result.problems[0] ?? ''))
  assert.ok(process.memoryUsage().rss - before < 100_000_000, 'the line was kept in memory')
  assert.ok(performance.now() - startedAt < 10_000)
})

test('a damaged row is reported at the start and closes its room; the other rooms open', async (t) => {
  const fixture = await testStore(t)
  const damage: readonly [string, string][] = [
    ['seq', '9007199254740992'],
    ['seq', '9223372036854775807'],
    ['seq', '999999999999999'],
    ['seq', '-1'],
    ['epoch', "'zzzzzzzzzzz'"],
    ['epoch', "'!'"],
    ['keep', '9223372036854775807'],
    ['embed_origins', "'nonsense'"],
  ]
  await fixture.store.createRoom(TEA, FOREVER, 'owner')
  const rooms = damage.map((_, n) => parseSlug(`room-${n}`))
  for (const room of rooms) await fixture.store.createRoom(room, FOREVER, 'owner')
  await fixture.store.close()
  const database = new DatabaseSync(join(fixture.folder, 'rooms.db'))
  for (const [n, [column, value]] of damage.entries())
    database.exec(`UPDATE rooms SET ${column} = ${value} WHERE slug = 'room-${n}'`)
  database.close()
  const store = await fixture.reopen()
  assert.equal(fixture.reported.length, damage.length)
  for (const [n, room] of rooms.entries()) {
    assert.match(String(fixture.reported[n]), new RegExp(`The row of the room “${room}” is damaged: `))
    await assert.rejects(async () => store.findKeptRoom(room), refused('busy'))
  }
  assert.equal((await post(fixture, TEA, 'open')).id.seq, 1)
  // The sweep goes over all rooms.
  fixture.clock.advance(60_000)
  assert.equal((await post(fixture, TEA, 'still open')).id.seq, 2)
})
