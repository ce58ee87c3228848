import assert from 'node:assert/strict'
import { test } from 'node:test'
import { postMessage } from '../../../src/chat/actions/post-message.ts'
import { BACKLOG_MAX_FRAMES } from '../../../src/chat/delivery/feed.ts'
import { issueCursor, readResumption } from '../../../src/chat/delivery/signed-cursor.ts'
import { formatId } from '../../../src/chat/event.ts'
import { parseDraft } from '../../../src/chat/message.ts'
import { NO_LIMITS } from '../../../src/config/limit-flags.ts'
import { ADA, BOB, LOBBY, posted, testCaller } from '../../support/events.ts'
import { RecordingSubscriber } from '../../support/recording-subscriber.ts'
import { refused } from '../../support/refused.ts'
import { testChat } from '../../support/test-chat.ts'

test('a message reaches every reader, its author included, with the name that the author holds', async () => {
  const chat = testChat()
  const feed = await chat.hub.feed(LOBBY)
  const reader = new RecordingSubscriber()
  feed.join(reader, undefined)
  const message = await postMessage(chat, testCaller(ADA), LOBBY, () => parseDraft({ text: 'hello' }))
  chat.clock.advance(1)
  assert.deepEqual(reader.received[1], ['posted', formatId(message.id)])
  assert.equal(message.author.name, (await chat.roster.seatOf(LOBBY, ADA)).name)
  assert.equal(message.at, chat.clock.now() - 1)
})

test('P6: a message that is posted between a page and its stream is in the stream', async () => {
  const chat = testChat()
  const { cursor, proof } = await issueCursor(chat, LOBBY, ADA)
  chat.clock.advance(30_000)
  const message = await postMessage(chat, testCaller(BOB), LOBBY, () => parseDraft({ text: 'meanwhile' }))
  chat.clock.advance(30_000)
  const reader = new RecordingSubscriber()
  const cursors = { after: cursor, proof, lastEventId: undefined }
  const feed = await chat.hub.feed(LOBBY)
  feed.join(reader, readResumption(chat, LOBBY, ADA, cursors))
  assert.deepEqual(reader.received, [
    ['open', cursor],
    ['posted', formatId(message.id)],
  ])
})

test('P3: a refreshed page of a vanishing room shows no earlier message', async () => {
  const chat = testChat()
  await postMessage(chat, testCaller(ADA), LOBBY, () => parseDraft({ text: 'said' }))
  const { cursor, proof } = await issueCursor(chat, LOBBY, ADA)
  const reader = new RecordingSubscriber()
  const cursors = { after: cursor, proof, lastEventId: undefined }
  const feed = await chat.hub.feed(LOBBY)
  feed.join(reader, readResumption(chat, LOBBY, ADA, cursors))
  assert.deepEqual(reader.received, [['open', cursor]])
})

test('P5: a post that is sent twice is one message, shown once', async () => {
  const chat = testChat()
  const feed = await chat.hub.feed(LOBBY)
  const reader = new RecordingSubscriber()
  feed.join(reader, undefined)
  const draft = parseDraft({ text: 'once', key: 'k' })
  const post = () => postMessage(chat, testCaller(ADA), LOBBY, () => draft)
  const both = await Promise.all([post(), post()])
  chat.clock.advance(1)
  assert.deepEqual(both[0], both[1])
  assert.equal(reader.received.length, 2)
})

test('P11: a room that can’t keep up sheds posts until the waiting frames are delivered', async () => {
  const chat = testChat()
  const feed = await chat.hub.feed(LOBBY)
  feed.join(new RecordingSubscriber(), undefined)
  const post = () => postMessage(chat, testCaller(ADA), LOBBY, () => parseDraft({ text: 'x' }))
  for (let number = 0; number < BACKLOG_MAX_FRAMES; number++) await post()
  await assert.rejects(post(), refused('busy'))
  chat.clock.advance(1)
  assert.equal((await post()).id.seq, BACKLOG_MAX_FRAMES + 1)
})

const TWO_AN_HOUR = { member: { count: 2, windowMs: 3_600_000 }, address: undefined }

test('a member who posts too much is refused before the post is read', async () => {
  const chat = testChat(undefined, { ...NO_LIMITS, post: TWO_AN_HOUR })
  const post = (parse = () => parseDraft({ text: 'x' })) => postMessage(chat, testCaller(ADA), LOBBY, parse)
  await post()
  await post()
  await assert.rejects(
    post(() => assert.fail('was read')),
    refused('too-many'),
  )
  assert.equal((await chat.bus.top(LOBBY)).seq, 2)
  await postMessage(chat, testCaller(BOB), LOBBY, () => parseDraft({ text: 'x' }))
})

test('a post that a busy room refuses costs nothing', async () => {
  const chat = testChat(undefined, { ...NO_LIMITS, post: TWO_AN_HOUR })
  const feed = await chat.hub.feed(LOBBY)
  feed.join(new RecordingSubscriber(), undefined)
  const { epoch } = await chat.bus.top(LOBBY)
  for (let seq = 1; seq <= BACKLOG_MAX_FRAMES; seq++) feed.receive(posted(seq, 'x', epoch))
  const post = () => postMessage(chat, testCaller(ADA), LOBBY, () => parseDraft({ text: 'x' }))
  for (let times = 0; times < 5; times++) await assert.rejects(post(), refused('busy'))
  chat.clock.advance(1)
  await post()
  await post()
  await assert.rejects(post(), refused('too-many'))
})
