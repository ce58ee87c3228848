import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NAMED_ROOM_MAX, TYPING_ROOM_MAX } from '../../../src/chat/delivery/presence.ts'
import type { Member } from '../../../src/chat/member.ts'
import { parseName } from '../../../src/chat/names/name.ts'
import type { PresenceUpdate } from '../../../src/chat/signal.ts'
import { ADA, BOB, LOBBY, member } from '../../support/events.ts'
import { testChat } from '../../support/test-chat.ts'

/** Lets what was promised so far come true. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

async function listening() {
  const chat = testChat()
  const signals: unknown[] = []
  await chat.bus.listen(LOBBY, (heard) => signals.push(heard))
  /** What was told in this time. */
  const told = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 100) {
      chat.clock.advance(100)
      await settle()
    }
    return signals.splice(0)
  }
  const enter = async (...members: Member[]) => {
    const undo = await Promise.all(members.map((who) => chat.roster.enter(LOBBY, who, 'connected')))
    return () => {
      for (const leave of undo) leave()
    }
  }
  const seat = (who: Member) => chat.roster.seatOf(LOBBY, who)
  return { ...chat, told, enter, seat }
}

const members = (count: number) => Array.from({ length: count }, (_, number) => member(`member-${number}`))

const NOTHING = { joined: [], left: [], renamed: [], more: { joined: 0, left: 0 } }

test('readers are told who is here, once for those who come together, and when they are gone', async () => {
  const { told, enter, seat } = await listening()
  await enter(ADA, ADA)
  const leave = await enter(BOB)
  const [ada, bob] = [await seat(ADA), await seat(BOB)]
  assert.deepEqual(await told(600), [{ kind: 'here', count: 2, ...NOTHING, joined: [ada, bob] }])
  assert.deepEqual(await told(5000), [])
  leave()
  assert.deepEqual(await told(5000), [])
  assert.deepEqual(await told(10_000), [{ kind: 'here', count: 1, ...NOTHING, left: [bob] }])
})

test('who comes and goes at once, or reloads the page, is not worth a word', async () => {
  const { told, enter, roster } = await listening()
  await enter(ADA)
  await roster.leave(LOBBY, ADA)
  assert.deepEqual(await told(2000), [])
  const leave = await enter(BOB)
  await told(1000)
  leave()
  await told(3000)
  await enter(BOB)
  assert.deepEqual(await told(20_000), [])
})

test('another name is told with the one before, and of several the first and the last', async () => {
  const { told, enter, roster, seat } = await listening()
  await enter(ADA)
  await roster.takeName(LOBBY, ADA, parseName('Ada'))
  const [came] = (await told(600)) as PresenceUpdate[]
  assert.deepEqual([came?.joined, came?.renamed], [[await seat(ADA)], []])
  await roster.takeName(LOBBY, ADA, parseName('Grace'))
  await roster.takeName(LOBBY, ADA, parseName('Lovelace'))
  const renamed = [{ ...(await seat(ADA)), before: 'Ada' }]
  assert.deepEqual(await told(600), [{ kind: 'here', count: 1, ...NOTHING, renamed }])
})

test('of many who come only some are named, and in a big room nobody', async () => {
  const { told, enter } = await listening()
  await enter(...members(100))
  const [many] = (await told(600)) as PresenceUpdate[]
  assert.deepEqual([many?.count, many?.joined.length, many?.more], [100, 20, { joined: 80, left: 0 }])
  await enter(...members(NAMED_ROOM_MAX + 1))
  const [big] = (await told(600)) as PresenceUpdate[]
  assert.deepEqual(
    [big?.count, big?.joined.length, big?.more.joined],
    [NAMED_ROOM_MAX + 1, 0, NAMED_ROOM_MAX - 99],
  )
})

test('who is typing is told to the room, once in three seconds for each', async () => {
  const { told, enter, presence, seat } = await listening()
  await enter(ADA, BOB)
  await told(600)
  for (const who of [ADA, ADA, BOB]) await presence.announceTyping(LOBBY, who)
  const [ada, bob] = [
    { kind: 'typing', ...(await seat(ADA)) },
    { kind: 'typing', ...(await seat(BOB)) },
  ]
  assert.deepEqual(await told(2900), [ada, bob])
  await presence.announceTyping(LOBBY, ADA)
  assert.deepEqual(await told(100), [])
  await presence.announceTyping(LOBBY, ADA)
  assert.deepEqual(await told(100), [ada])
})

test('nobody hears of the typing of those who aren’t here, nor in a room of many', async () => {
  const { told, enter, presence } = await listening()
  await presence.announceTyping(LOBBY, ADA)
  assert.deepEqual(await told(100), [])
  await enter(ADA, ...members(TYPING_ROOM_MAX - 1))
  await told(600)
  await presence.announceTyping(LOBBY, ADA)
  assert.equal((await told(4000)).length, 1)
  await enter(BOB)
  await told(600)
  await presence.announceTyping(LOBBY, ADA)
  assert.deepEqual(await told(100), [])
})
