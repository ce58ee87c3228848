import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeRoom, parseRoomRequest } from '../../../src/chat/actions/make-room.ts'
import { postMessage } from '../../../src/chat/actions/post-message.ts'
import { VANISHING_TTL_MS } from '../../../src/chat/delivery/resume.ts'
import { parseDraft } from '../../../src/chat/message.ts'
import { ADA, BOB, LOBBY, testCaller } from '../../support/events.ts'
import { refused } from '../../support/refused.ts'
import { testChat } from '../../support/test-chat.ts'

const KEPT = parseRoomRequest({ kind: 'kept' })

/** The error of a store that was called to create the room: no refusal came before. */
const STORE_WAS_CALLED = /Nothing is kept here/

test('a vanishing room with messages can be kept an hour after its last use, and no sooner', async () => {
  const chat = testChat()
  await postMessage(chat, testCaller(BOB), LOBBY, () => parseDraft({ text: 'soon forgotten' }))
  const keep = () => makeRoom(chat, testCaller(ADA), LOBBY, KEPT)
  await assert.rejects(keep(), refused('conflict'))
  chat.clock.advance(VANISHING_TTL_MS - 1)
  await assert.rejects(keep(), refused('conflict'))
  // The feed lingers for a minute or so.
  chat.clock.advance(2 * 60_000)
  await assert.rejects(keep(), STORE_WAS_CALLED)
})

test('a listed room can be kept when its hour in the list is over', async () => {
  const chat = testChat()
  await makeRoom(chat, testCaller(BOB), LOBBY, parseRoomRequest({ listed: 'yes' }))
  await assert.rejects(makeRoom(chat, testCaller(ADA), LOBBY, KEPT), refused('conflict'))
  chat.clock.advance(VANISHING_TTL_MS)
  await assert.rejects(makeRoom(chat, testCaller(ADA), LOBBY, KEPT), STORE_WAS_CALLED)
})

test('a room can’t be kept while others are in it, and can be kept while only its maker is', async () => {
  const chat = testChat()
  await chat.roster.enter(LOBBY, ADA, 'connected')
  await assert.rejects(makeRoom(chat, testCaller(ADA), LOBBY, KEPT), STORE_WAS_CALLED)
  await assert.rejects(makeRoom(chat, testCaller(BOB), LOBBY, KEPT), refused('conflict'))
  await chat.roster.enter(LOBBY, BOB, 'connected')
  await assert.rejects(makeRoom(chat, testCaller(ADA), LOBBY, KEPT), refused('conflict'))
})

test('a request is for a vanishing, unlisted room by default, and nonsense is refused', () => {
  assert.deepEqual(parseRoomRequest({}), { kind: 'vanishing', listed: false })
  assert.deepEqual(parseRoomRequest({ kind: 'vanishing', retention: '7d', listed: true }), {
    kind: 'vanishing',
    listed: true,
  })
  assert.deepEqual(parseRoomRequest({ kind: 'kept', retention: '7d', keep: 12, listed: false }), {
    kind: 'kept',
    settings: { retention: 7 * 86_400_000, keep: 12, listed: false },
  })
  for (const input of [
    { kind: 'both' },
    { kind: 'kept', keep: 1.5 },
    { kind: 'kept', retention: 'constructor' },
  ])
    assert.throws(() => parseRoomRequest(input), refused('invalid'))
})
