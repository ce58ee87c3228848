import assert from 'node:assert/strict'
import { test } from 'node:test'
import { issueCursor, readResumption, signCursor } from '../../../src/chat/delivery/signed-cursor.ts'
import { epochAt, formatId, parseCursor } from '../../../src/chat/event.ts'
import { parseSlug } from '../../../src/chat/room.ts'
import { createSecrets } from '../../../src/secrets/secrets.ts'
import { generateSessionKeys, rotateSessionKeys } from '../../../src/secrets/session-keys.ts'
import { ADA, BOB, eventId, idText, LOBBY } from '../../support/events.ts'
import { testChat } from '../../support/test-chat.ts'

const NONE = { after: null, proof: null, lastEventId: undefined }

test('the cursor of an unused room’s page is the current time', async () => {
  const chat = testChat()
  const { cursor } = await issueCursor(chat, LOBBY, ADA)
  assert.deepEqual(parseCursor(cursor), { epoch: epochAt(chat.clock.now()), seq: 0 })
})

test('a stream resumes at the cursor of its page, which is signed for its session', () => {
  const chat = testChat()
  const { cursor, proof } = signCursor(chat, LOBBY, ADA, idText(5))
  assert.deepEqual(readResumption(chat, LOBBY, ADA, { ...NONE, after: cursor, proof }), {
    requested: eventId(5),
    issued: eventId(5),
  })
})

test('the last event that a reader received wins over the cursor of its page', () => {
  const chat = testChat()
  const { cursor, proof } = signCursor(chat, LOBBY, ADA, idText(5))
  assert.deepEqual(readResumption(chat, LOBBY, ADA, { after: cursor, proof, lastEventId: idText(9) }), {
    requested: eventId(9),
    issued: eventId(5),
  })
})

test('a cursor that was issued to another member, for another room, or to nobody, proves nothing', () => {
  const chat = testChat()
  const { cursor, proof } = signCursor(chat, LOBBY, ADA, idText(5))
  const attempts = [
    readResumption(chat, LOBBY, BOB, { ...NONE, after: cursor, proof }),
    readResumption(chat, LOBBY, undefined, { ...NONE, after: cursor, proof }),
    readResumption(chat, parseSlug('other'), ADA, { ...NONE, after: cursor, proof }),
    readResumption(chat, LOBBY, ADA, { ...NONE, after: cursor, proof: `${proof}x` }),
    readResumption(chat, LOBBY, ADA, { ...NONE, after: cursor, proof: '' }),
    readResumption(chat, LOBBY, ADA, { ...NONE, after: cursor }),
  ]
  for (const attempt of attempts) assert.deepEqual(attempt, { requested: eventId(5), issued: undefined })
  assert.deepEqual(readResumption(chat, LOBBY, ADA, { ...NONE, after: idText(1), proof }), {
    requested: eventId(1),
    issued: undefined,
  })
})

test('the cursor of a page stays valid after one rotation of the keys, and not after two', () => {
  const first = generateSessionKeys()
  const second = rotateSessionKeys(first)
  const [before, during, after] = [first, second, rotateSessionKeys(second)].map((keys) => ({
    ...testChat(),
    secrets: createSecrets(keys),
  }))
  assert.ok(before && during && after)
  const { cursor, proof } = signCursor(before, LOBBY, ADA, idText(5))
  const cursors = { ...NONE, after: cursor, proof }
  assert.deepEqual(readResumption(during, LOBBY, ADA, cursors)?.issued, eventId(5))
  assert.equal(readResumption(after, LOBBY, ADA, cursors)?.issued, undefined)
})

test('a stream without a cursor begins with the live events', () => {
  const chat = testChat()
  assert.equal(readResumption(chat, LOBBY, ADA, NONE), undefined)
  assert.equal(readResumption(chat, LOBBY, ADA, { after: '', proof: '', lastEventId: '' }), undefined)
})

test('P6: a reader with an unreadable cursor gets a gap', async () => {
  const chat = testChat()
  const feed = await chat.hub.feed(LOBBY)
  for (const nonsense of ['nonsense', 'a.b', '1.2.3', '\0']) {
    for (const cursors of [
      { ...NONE, after: nonsense },
      { ...NONE, lastEventId: nonsense },
    ]) {
      const resumption = readResumption(chat, LOBBY, ADA, cursors)
      const sent: string[] = []
      feed.join({ format: 'json', send: (chunk) => void sent.push(chunk) }, resumption)
      assert.match(sent.join(''), /event: gap/)
    }
  }
})

test('P6: the cursor of a page is the top of its room, so its stream misses nothing', async () => {
  const chat = testChat()
  const { cursor, proof } = await issueCursor(chat, LOBBY, ADA)
  assert.equal(cursor, formatId(await chat.bus.top(LOBBY)))
  const resumption = readResumption(chat, LOBBY, ADA, { ...NONE, after: cursor, proof })
  assert.deepEqual(resumption?.requested, resumption?.issued)
})
