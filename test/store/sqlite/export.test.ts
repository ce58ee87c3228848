import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { authorDigest } from '../../../src/chat/author-digest.ts'
import type { EventId } from '../../../src/chat/event.ts'
import { parseSettings } from '../../../src/chat/kept-room.ts'
import { parseDraft } from '../../../src/chat/message.ts'
import { parseName } from '../../../src/chat/names/name.ts'
import { exportFromDatabase } from '../../../src/store/sqlite/export.ts'
import { importRoom } from '../../../src/store/sqlite/import.ts'
import { openForWriting } from '../../../src/store/sqlite/open-database.ts'
import { ADA, AUTHOR, BOB, LOBBY } from '../../support/events.ts'
import { FOREVER, openTestStore, type TestStore, testStore } from '../../support/store/test-store.ts'

function exportLobby({ folder, clock }: TestStore): string {
  return [...exportFromDatabase(join(folder, 'rooms.db'), LOBBY, clock.now())].join('')
}

async function* linesOf(text: string): AsyncGenerator<string> {
  yield* text.split('\n')
}

/** Imports into a store, which is closed in the meantime. */
async function importLobby(fixture: TestStore, text: string) {
  await fixture.store.close()
  const database = openForWriting(join(fixture.folder, 'rooms.db'), fixture.clock.now())
  try {
    return await importRoom(database, linesOf(text), { now: fixture.clock.now(), owner: 'fresh' })
  } finally {
    database.close()
    await fixture.reopen()
  }
}

async function post({ store }: TestStore, text: string, member = ADA) {
  return store.append(LOBBY, member, AUTHOR, parseDraft({ text }))
}

const TEXT = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }),
    fc.string({ unit: 'binary', minLength: 1 }),
  )
  .filter((text) => {
    try {
      return parseDraft({ text }).text !== ''
    } catch {
      return false
    }
  })
const NAME = fc.constantFrom('Ada', 'Zoë', '李雷', 'O’Neil', 'مریم‌گلی', '👩‍👩‍👧', 'Quiet Otter')

test('an exported room is imported byte for byte, after any sequence of posts, edits and deletions', async () => {
  const step = fc.record({
    action: fc.constantFrom('post', 'post', 'edit', 'delete', 'wait'),
    text: TEXT,
    name: NAME,
    pick: fc.nat(),
  })
  const settings = fc.record({
    retention: fc.constantFrom('30d', '1y', 'forever'),
    keep: fc.constantFrom('', '1000'),
    listed: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(settings, fc.array(step, { maxLength: 40 }), async (input, steps) => {
      await using one = await openTestStore()
      await using two = await openTestStore()
      await one.store.createRoom(LOBBY, parseSettings(input), 'proof-of-the-owner')
      await one.store.changeEmbedding(LOBBY, { origins: ['https://blog.example'], secret: 'told-to-nobody' })
      const ids: EventId[] = []
      for (const { action, text, name, pick } of steps) {
        const id = ids[pick % Math.max(1, ids.length)]
        const author = { name: parseName(name), tag: 'abc123', verified: pick % 2 === 0 }
        if (action === 'wait') one.clock.advance(pick % 100_000)
        else if (action === 'post' || !id)
          ids.push((await one.store.append(LOBBY, pick % 3 ? ADA : BOB, author, parseDraft({ text }))).id)
        else if (action === 'edit')
          await one.store.edit(LOBBY, id, 'owner', parseDraft({ text }).text).catch(() => {})
        else await one.store.deleteMessage(LOBBY, id, 'owner').catch(() => {})
      }
      two.clock.advance(one.clock.elapsed())
      const lines = exportLobby(one)
      assert.doesNotMatch(lines, /told-to-nobody/)
      const result = await importLobby(two, lines)
      assert.ok('slug' in result, JSON.stringify(result))
      assert.equal(exportLobby(two), lines)
      assert.deepEqual((await two.store.readEmbedding(LOBBY)).origins, ['https://blog.example'])
      const newest = { kind: 'newest' } as const
      const [before, after] = [
        await one.store.readPage(LOBBY, newest, 100),
        await two.store.readPage(LOBBY, newest, 100),
      ]
      assert.deepEqual(after.messages, before.messages)
      assert.equal(after.top.seq, before.top.seq)
    }),
    { numRuns: 15, endOnFailure: true },
  )
})

test('an imported room keeps its authors and its owner, and begins a new epoch', async (t) => {
  const one = await testStore(t)
  const two = await testStore(t)
  await one.store.createRoom(LOBBY, FOREVER, 'proof-of-the-owner')
  const before = await post(one, 'before')
  const lines = exportLobby(one)
  const lost = await post(one, 'after the export')
  await importLobby(two, lines)
  const by = authorDigest(one.secrets, LOBBY, ADA)
  assert.ok(await two.store.isOwner(LOBBY, 'proof-of-the-owner'))
  assert.equal((await two.store.edit(LOBBY, before.id, { by }, 'mine')).message.text, 'mine')
  const next = await post(two, 'next')
  assert.equal(next.id.seq, 3)
  assert.notEqual(next.id.epoch, lost.id.epoch)
  assert.equal(await two.store.hasEvent(LOBBY, before.id), true)
  assert.equal(await two.store.hasEvent(LOBBY, lost.id), false)
})

test('an export without digests does not show which messages have the same author, and can be imported too', async (t) => {
  const one = await testStore(t)
  const two = await testStore(t)
  await one.store.createRoom(LOBBY, FOREVER, 'proof-of-the-owner')
  const message = await post(one, 'hello')
  let lines = ''
  for await (const chunk of one.store.export(LOBBY)) lines += chunk
  assert.ok(!lines.includes('proof-of-the-owner') && !lines.includes(authorDigest(one.secrets, LOBBY, ADA)))
  assert.deepEqual(await importLobby(two, lines), { slug: LOBBY, messages: 1, hasOwner: false })
  assert.ok(await two.store.isOwner(LOBBY, 'fresh'))
  assert.deepEqual((await two.store.readPage(LOBBY, { kind: 'newest' }, 9)).messages, [message])
  await assert.rejects(two.store.edit(LOBBY, message.id, { by: 'null' }, 'x'))
  assert.equal((await two.store.readMessage(LOBBY, message.id, 'null'))?.own, false)
})

test('problems name the number of the line, and nothing is imported', async (t) => {
  const one = await testStore(t)
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  for (const text of ['one', 'two', 'three']) await post(one, text)
  const good = exportLobby(one).trimEnd().split('\n')
  const [head = '', first = '', second = '', third = ''] = good
  const cases: [string[], string][] = [
    [[''], 'This file is empty.'],
    [['{}', first], 'Line 1: This is not a room that Snug exported.'],
    [[head.replace('"snug":1', '"snug":2')], 'Line 1: This was exported by another version of Snug.'],
    [[head.replace('"lobby"', '"Lo bby"')], 'Line 1: The name of the room is not valid.'],
    [[head, first, 'nonsense', third], 'Line 3: This is not a JSON object.'],
    [[head, second, first], 'Line 3: Its id must come after that of the line before.'],
    [[head, first, first], 'Line 3: Its id must come after'],
    [[head.replace('"seq":3', '"seq":2'), first, second, third], 'Line 4: Its id comes after the newest'],
    [[head, first.replace('"one"', '"\\u0007"')], 'Line 2: '],
    [[head, first.replace('"one"', `"${'x'.repeat(5000)}"`)], 'Line 2: This message is 904 bytes too long'],
    [[head, first.replace('"verified":false', '"verified":0')], 'Line 2: The field verified must be'],
    [[head, first.replace(/"at":"[^"]+"/, '"at":"yesterday"')], 'Line 2: The field at must be a time'],
  ]
  for (const [lines, problem] of cases) {
    const two = await openTestStore()
    const result = await importLobby(two, lines.join('\n'))
    assert.ok('problems' in result, problem)
    assert.equal(result.problems[0]?.slice(0, problem.length), problem)
    assert.equal(await two.store.findKeptRoom(LOBBY), undefined)
    await two.close()
  }
})

test('an export of an earlier version can be imported, with names that are refused today and short tags', async (t) => {
  const [one, two] = [await testStore(t), await testStore(t)]
  await one.store.createRoom(LOBBY, FOREVER, 'owner')
  await post(one, 'hello')
  const today = exportLobby(one)
  for (const name of ['Ada ✓', '★ Ben', 'Vera verified']) {
    const lines = today.replace(/"name":"[^"]+"/, `"name":"${name}"`).replace(/"tag":"\w+"/, '"tag":"7f3k2q"')
    assert.notEqual(lines, today)
    assert.deepEqual(await importLobby(two, lines), { slug: LOBBY, messages: 1, hasOwner: true })
    assert.equal(exportLobby(two), lines)
    await two.store.deleteRoom(LOBBY)
  }
})

test('an import does not replace an existing room, but may replace a deleted one', async (t) => {
  const fixture = await testStore(t)
  await fixture.store.createRoom(LOBBY, FOREVER, 'owner')
  await post(fixture, 'one')
  const lines = exportLobby(fixture)
  const result = await importLobby(fixture, lines)
  assert.ok(
    'problems' in result && result.problems[0]?.startsWith('Line 1: There is already a kept room “lobby”'),
  )
  await fixture.store.deleteRoom(LOBBY)
  assert.ok('slug' in (await importLobby(fixture, lines)))
  assert.equal(exportLobby(fixture), lines)
})
