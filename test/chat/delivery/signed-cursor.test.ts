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

test('a page of a room that nobody used is given the moment itself as its cursor', async () => {
  const chat = testChat()
  const { cursor } = await issueCursor(chat, LOBBY, ADA)
  assert.deepEqual(parseCursor(cursor), { epoch: epochAt(chat.clock.now()), seq: 0 })
})

test('a stream goes on at the cursor of its page, which is proven to be this session’s', () => {
  const chat = testChat()
  const { cursor, proof } = signCursor(chat, LOBBY, ADA, idText(5))
  assert.deepEqual(readResumption(chat, LOBBY, ADA, { ...NONE, after: cursor, proof }), {
    asked: eventId(5),
    given: eventId(5),
  })
})

test('what the reader holds by now wins over the cursor of its page', () => {
  const chat = testChat()
  const { cursor, proof } = signCursor(chat, LOBBY, ADA, idText(5))
  assert.deepEqual(readResumption(chat, LOBBY, ADA, { after: cursor, proof, lastEventId: idText(9) }), {
    asked: eventId(9),
    given: eventId(5),
  })
})

test('a cursor that was given to somebody else, elsewhere, or to nobody, proves nothing', () => {
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
  for (const attempt of attempts) assert.deepEqual(attempt, { asked: eventId(5), given: undefined })
  assert.deepEqual(readResumption(chat, LOBBY, ADA, { ...NONE, after: idText(1), proof }), {
    asked: eventId(1),
    given: undefined,
  })
})

test('a page’s cursor stays good over a rotation of the keys, and no longer than its key', () => {
  const first = generateSessionKeys()
  const second = rotateSessionKeys(first)
  const [before, during, after] = [first, second, rotateSessionKeys(second)].map((keys) => ({
    ...testChat(),
    secrets: createSecrets(keys),
  }))
  assert.ok(before && during && after)
  const { cursor, proof } = signCursor(before, LOBBY, ADA, idText(5))
  const beginning = { ...NONE, after: cursor, proof }
  assert.deepEqual(readResumption(during, LOBBY, ADA, beginning)?.issued, eventId(5))
  assert.equal(readResumption(after, LOBBY, ADA, beginning)?.issued, undefined)
})

test('without any cursor a stream begins with what comes', () => {
  const chat = testChat()
  assert.equal(readResumption(chat, LOBBY, ADA, NONE), undefined)
  assert.equal(readResumption(chat, LOBBY, ADA, { after: '', proof: '', lastEventId: '' }), undefined)
})

test('a cursor that can’t be read is one that stands nowhere, so that its reader is told of a gap', async () => {
  const chat = testChat()
  const feed = await chat.hub.feed(LOBBY)
  for (const nonsense of ['nonsense', 'a.b', '1.2.3', '\0']) {
    for (const beginning of [
      { ...NONE, after: nonsense },
      { ...NONE, lastEventId: nonsense },
    ]) {
      const resumption = readResumption(chat, LOBBY, ADA, beginning)
      const sent: string[] = []
      feed.join({ format: 'json', send: (parcel) => void sent.push(parcel) }, resumption)
      assert.match(sent.join(''), /event: gap/)
    }
  }
})

test('a page’s cursor and the stream that follows it leave nothing between', async () => {
  const chat = testChat()
  const { cursor, proof } = await issueCursor(chat, LOBBY, ADA)
  assert.equal(cursor, formatId(await chat.bus.top(LOBBY)))
  const resumption = readResumption(chat, LOBBY, ADA, { ...NONE, after: cursor, proof })
  assert.deepEqual(resumption?.requested, resumption?.issued)
})
