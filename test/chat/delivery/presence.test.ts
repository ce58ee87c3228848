import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { NAMED_ROOM_MAX, TYPING_ROOM_MAX } from '../../../src/chat/delivery/presence.ts'
import type { Member } from '../../../src/chat/member.ts'
import { parseName } from '../../../src/chat/names/name.ts'
import type { PresenceUpdate } from '../../../src/chat/signal.ts'
import { ADA, BOB, LOBBY, member } from '../../support/events.ts'
import { testChat } from '../../support/test-chat.ts'

/** Lets pending promises settle. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

async function setUp() {
  const chat = testChat()
  const signals: unknown[] = []
  await chat.bus.listen(LOBBY, (message) => signals.push(message))
  /** The signals of the next `ms` milliseconds. */
  const signalsWithin = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 100) {
      chat.clock.advance(100)
      await settle()
    }
    return signals.splice(0)
  }
  const enter = async (...members: Member[]) => {
    const undo = await Promise.all(members.map((entrant) => chat.roster.enter(LOBBY, entrant, 'connected')))
    return () => {
      for (const leave of undo) leave()
    }
  }
  const seat = (holder: Member) => chat.roster.seatOf(LOBBY, holder)
  return { ...chat, signalsWithin, enter, seat }
}

const members = (count: number) => Array.from({ length: count }, (_, number) => member(`member-${number}`))

const NOTHING = { joined: [], left: [], renamed: [], more: { joined: 0, left: 0 } }

test('readers get one update for members who join together, and one when a member is gone', async () => {
  const { signalsWithin, enter, seat } = await setUp()
  await enter(ADA, ADA)
  const leave = await enter(BOB)
  const [ada, bob] = [await seat(ADA), await seat(BOB)]
  assert.deepEqual(await signalsWithin(600), [{ kind: 'here', count: 2, ...NOTHING, joined: [ada, bob] }])
  assert.deepEqual(await signalsWithin(5000), [])
  leave()
  assert.deepEqual(await signalsWithin(5000), [])
  assert.deepEqual(await signalsWithin(10_000), [{ kind: 'here', count: 1, ...NOTHING, left: [bob] }])
})

test('a member who joins and leaves at once, or reloads the page, is not announced', async () => {
  const { signalsWithin, enter, roster } = await setUp()
  await enter(ADA)
  await roster.leave(LOBBY, ADA)
  assert.deepEqual(await signalsWithin(2000), [])
  const leave = await enter(BOB)
  await signalsWithin(1000)
  leave()
  await signalsWithin(3000)
  await enter(BOB)
  assert.deepEqual(await signalsWithin(20_000), [])
})

test('a new name is announced with the one before, and several at once with the first and the last', async () => {
  const { signalsWithin, enter, roster, seat } = await setUp()
  await enter(ADA)
  await roster.takeName(LOBBY, ADA, parseName('Ada'))
  const [update] = (await signalsWithin(600)) as PresenceUpdate[]
  assert.deepEqual([update?.joined, update?.renamed], [[await seat(ADA)], []])
  await roster.takeName(LOBBY, ADA, parseName('Grace'))
  await roster.takeName(LOBBY, ADA, parseName('Lovelace'))
  const renamed = [{ ...(await seat(ADA)), before: 'Ada' }]
  assert.deepEqual(await signalsWithin(600), [{ kind: 'here', count: 1, ...NOTHING, renamed }])
})

test('only some of many joining members are named, and nobody in a big room', async () => {
  const { signalsWithin, enter } = await setUp()
  await enter(...members(100))
  const [many] = (await signalsWithin(600)) as PresenceUpdate[]
  assert.deepEqual([many?.count, many?.joined.length, many?.more], [100, 20, { joined: 80, left: 0 }])
  await enter(...members(NAMED_ROOM_MAX + 1))
  const [big] = (await signalsWithin(600)) as PresenceUpdate[]
  assert.deepEqual(
    [big?.count, big?.joined.length, big?.more.joined],
    [NAMED_ROOM_MAX + 1, 0, NAMED_ROOM_MAX - 99],
  )
})

test('typing is announced to the room, once in three seconds per member', async () => {
  const { signalsWithin, enter, presence, seat } = await setUp()
  await enter(ADA, BOB)
  await signalsWithin(600)
  for (const typist of [ADA, ADA, BOB]) await presence.announceTyping(LOBBY, typist)
  const [ada, bob] = [
    { kind: 'typing', ...(await seat(ADA)) },
    { kind: 'typing', ...(await seat(BOB)) },
  ]
  assert.deepEqual(await signalsWithin(2900), [ada, bob])
  await presence.announceTyping(LOBBY, ADA)
  assert.deepEqual(await signalsWithin(100), [])
  await presence.announceTyping(LOBBY, ADA)
  assert.deepEqual(await signalsWithin(100), [ada])
})

test('typing is not announced for a member who is not here, nor in a big room', async () => {
  const { signalsWithin, enter, presence } = await setUp()
  await presence.announceTyping(LOBBY, ADA)
  assert.deepEqual(await signalsWithin(100), [])
  await enter(ADA, ...members(TYPING_ROOM_MAX - 1))
  await signalsWithin(600)
  await presence.announceTyping(LOBBY, ADA)
  assert.equal((await signalsWithin(4000)).length, 1)
  await enter(BOB)
  await signalsWithin(600)
  await presence.announceTyping(LOBBY, ADA)
  assert.deepEqual(await signalsWithin(100), [])
})

test('a member who leaves and is back at once under another name is announced as renamed', async () => {
  const { signalsWithin, enter, roster, seat } = await setUp()
  await enter(ADA)
  const before = await seat(ADA)
  await signalsWithin(600)
  await roster.leave(LOBBY, ADA)
  const after = await roster.takeName(LOBBY, ADA, parseName('Grace'))
  await enter(ADA)
  assert.equal(after?.tag, before.tag)
  const renamed = [{ ...after, before: before.name }]
  assert.deepEqual(await signalsWithin(600), [{ kind: 'here', count: 1, ...NOTHING, renamed }])
})

test('a member who leaves and is back at once under the same name is not announced', async () => {
  const { signalsWithin, enter, roster, seat } = await setUp()
  await enter(ADA)
  const { name } = await seat(ADA)
  await signalsWithin(600)
  await roster.leave(LOBBY, ADA)
  await roster.takeName(LOBBY, ADA, name)
  await enter(ADA)
  assert.deepEqual(await signalsWithin(2000), [])
})

const anyPresenceStep = fc.record({
  who: fc.constantFrom(ADA, BOB),
  does: fc.constantFrom('enter', 'leave', 'leave', 'Grace', 'Lovelace', 'Hopper'),
  // Announcements gather for half a second.
  thenWaitsMs: fc.constantFrom(0, 0, 100, 300, 600),
})

/** Applies an announcement to the names that a reader shows, which must agree with it. */
function applyUpdate(shown: Map<string, string>, { joined, left, renamed }: PresenceUpdate): void {
  for (const { tag, before, name } of renamed) {
    assert.equal(shown.get(tag), before, 'another name was announced before')
    assert.notEqual(name, before)
    shown.set(tag, name)
  }
  for (const { tag, name } of joined) {
    assert.equal(shown.has(tag), false, `${name} had joined before`)
    shown.set(tag, name)
  }
  for (const { tag, name } of left) {
    assert.equal(shown.get(tag), name, 'another name had joined')
    shown.delete(tag)
  }
}

test('in whatever order members join, leave and take names, readers are told the names of all who are here', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyPresenceStep, { maxLength: 12 }), async (steps) => {
      const { signalsWithin, enter, roster } = await setUp()
      const shown = new Map<string, string>()
      for (const { who, does, thenWaitsMs } of steps) {
        if (does === 'enter') await enter(who)
        else if (does === 'leave') await roster.leave(LOBBY, who)
        else await roster.takeName(LOBBY, who, parseName(does))
        for (const update of (await signalsWithin(thenWaitsMs)) as PresenceUpdate[])
          applyUpdate(shown, update)
      }
      for (const update of (await signalsWithin(600)) as PresenceUpdate[]) applyUpdate(shown, update)
      const { people } = await roster.listPeople(LOBBY, 10)
      assert.deepEqual([...shown].sort(), people.map(({ tag, name }): [string, string] => [tag, name]).sort())
    }),
    { numRuns: 300 },
  )
})
