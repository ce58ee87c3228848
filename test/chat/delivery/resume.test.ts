import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Feed } from '../../../src/chat/delivery/feed.ts'
import { WINDOW_MAX_FRAMES } from '../../../src/chat/delivery/replay-window.ts'
import type { Resumption } from '../../../src/chat/delivery/resume.ts'
import { epochAt, epochTime } from '../../../src/chat/event.ts'
import { EPOCH, eventId, idText, posted } from '../../support/events.ts'
import { type DecodedEvent, RecordingSubscriber } from '../../support/recording-subscriber.ts'
import { testFeed } from '../../support/test-feed.ts'

const HOUR = 3_600_000
const shifted = (ms: number) => epochAt(epochTime(EPOCH) + ms)

/** The events that a reader gets at once when it joins, after the opening. */
function replayed(feed: Feed<string>, resumption: Resumption): DecodedEvent[] {
  const reader = new RecordingSubscriber()
  feed.join(reader, resumption)
  feed.leave(reader)
  const [opening, ...rest] = reader.received
  assert.equal(opening?.[0], 'open')
  return rest
}

function feedWith(count: number, windowMs?: number) {
  const setup = testFeed(eventId(0), windowMs === undefined ? {} : { windowMs })
  for (let seq = 1; seq <= count; seq++) setup.feed.receive(posted(seq))
  return setup
}

test('P6: a reader who reconnects receives what it missed, once and in order', () => {
  const { feed, clock } = feedWith(3)
  const reader = new RecordingSubscriber()
  feed.join(reader, { requested: eventId(1), issued: eventId(0) })
  feed.receive(posted(4))
  clock.advance(1)
  assert.deepEqual(reader.received, [
    ['open', idText(1)],
    ['posted', idText(2)],
    ['posted', idText(3)],
    ['posted', idText(4)],
  ])
})

test('a reader who missed nothing gets nothing', () => {
  const { feed } = feedWith(3)
  assert.deepEqual(replayed(feed, { requested: eventId(3), issued: eventId(1) }), [])
})

test('P3: a reader gets nothing from before the cursor that its own session was issued', () => {
  const { feed } = feedWith(5)
  assert.deepEqual(replayed(feed, { requested: eventId(1), issued: eventId(3) }), [
    ['gap', idText(3), 2],
    ['posted', idText(4)],
    ['posted', idText(5)],
  ])
})

test('P3: a reader without an issued cursor gets the number of missed events, and none of them', () => {
  const { feed } = feedWith(5)
  assert.deepEqual(replayed(feed, { requested: eventId(1), issued: undefined }), [['gap', idText(5), 4]])
})

test('a page from before the first message gets all messages', () => {
  const { feed } = feedWith(2)
  for (const early of [EPOCH, shifted(-1), shifted(1 - HOUR)]) {
    const cursor = eventId(0, early)
    assert.deepEqual(replayed(feed, { requested: cursor, issued: cursor }), [
      ['posted', idText(1)],
      ['posted', idText(2)],
    ])
  }
})

test('a page so old that a whole epoch fits in between gets a gap of unknown size', () => {
  const cursor = eventId(0, shifted(-HOUR))
  const { feed } = feedWith(2)
  assert.deepEqual(replayed(feed, { requested: cursor, issued: cursor }), [['gap', idText(2), null]])
  const { feed: unused } = feedWith(0)
  assert.deepEqual(replayed(unused, { requested: cursor, issued: cursor }), [['gap', idText(0), null]])
})

test('a page of a room without events missed nothing, even if it has another epoch', () => {
  const { feed } = feedWith(0)
  for (const other of [EPOCH, shifted(-1), shifted(1), shifted(3 * HOUR)]) {
    const cursor = eventId(0, other)
    assert.deepEqual(replayed(feed, { requested: cursor, issued: cursor }), [])
  }
})

test('P6: a cursor of another epoch, or beyond the newest event, gets a gap of unknown size', () => {
  const { feed } = feedWith(3)
  const foreign = [
    eventId(2, shifted(-1)),
    eventId(2, shifted(1)),
    eventId(1, 'zzzzzzzzz'),
    eventId(4),
    eventId(999),
  ]
  for (const requested of foreign) {
    assert.deepEqual(replayed(feed, { requested, issued: requested }), [['gap', idText(3), null]])
    assert.deepEqual(replayed(feed, { requested, issued: eventId(0) }), [['gap', idText(3), null]])
  }
})

test('a reader who resumes at a gap does not get it again', () => {
  const { feed } = feedWith(2)
  feed.receive(posted(6))
  const issued = eventId(0)
  assert.deepEqual(replayed(feed, { requested: eventId(2), issued }), [
    ['gap', idText(5), 3],
    ['posted', idText(6)],
  ])
  assert.deepEqual(replayed(feed, { requested: eventId(5), issued }), [['posted', idText(6)]])
})

test('P3: a room remembers its newest messages, and no more than the bound', () => {
  const { feed } = feedWith(WINDOW_MAX_FRAMES + 5)
  const [gap, ...rest] = replayed(feed, { requested: eventId(0), issued: eventId(0) })
  assert.deepEqual(gap, ['gap', idText(5), 5])
  assert.deepEqual(
    rest,
    Array.from({ length: WINDOW_MAX_FRAMES }, (_, index) => ['posted', idText(index + 6)]),
  )
})

test('P3: a room forgets each message when its time is over, even if nobody reads', () => {
  const { feed, clock } = feedWith(1)
  const back = { requested: eventId(0), issued: eventId(0) }
  clock.advance(20_000)
  feed.receive(posted(2))
  clock.advance(39_999)
  assert.deepEqual(replayed(feed, back), [
    ['posted', idText(1)],
    ['posted', idText(2)],
  ])
  clock.advance(1)
  assert.deepEqual(replayed(feed, back), [
    ['gap', idText(1), 1],
    ['posted', idText(2)],
  ])
  assert.equal(clock.pendingTimers, 1)
  clock.advance(20_000)
  assert.deepEqual(replayed(feed, back), [['gap', idText(2), 2]])
  assert.equal(clock.pendingTimers, 0)
})

test('P3: a room whose replay window is switched off remembers nothing', () => {
  const { feed, clock } = feedWith(3, 0)
  assert.deepEqual(replayed(feed, { requested: eventId(1), issued: eventId(0) }), [['gap', idText(3), 2]])
  assert.equal(clock.pendingTimers, 0)
})

test('a closed feed forgets its messages at once', () => {
  const { feed, clock } = feedWith(3)
  feed.close()
  assert.equal(clock.pendingTimers, 0)
  assert.deepEqual(replayed(feed, { requested: eventId(0), issued: eventId(0) }), [['gap', idText(3), 3]])
})
