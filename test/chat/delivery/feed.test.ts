import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BACKLOG_MAX_FRAMES } from '../../../src/chat/delivery/feed.ts'
import { epochAt, epochTime } from '../../../src/chat/event.ts'
import { EPOCH, eventId, idText, posted } from '../../support/events.ts'
import { RecordingSubscriber } from '../../support/recording-subscriber.ts'
import { testFeed } from '../../support/test-feed.ts'

const LATER = epochAt(epochTime(EPOCH) + 7_200_000)

test('a reader gets the events after it joined, and none from before', () => {
  const { feed, clock } = testFeed(eventId(4))
  const early = new RecordingSubscriber()
  const late = new RecordingSubscriber('json')
  feed.join(early, undefined)
  feed.receive(posted(5))
  // All in one turn of the event loop: event 5 is not delivered yet.
  feed.join(late, undefined)
  feed.receive(posted(6))
  clock.advance(1)
  assert.deepEqual(early.received, [
    ['open', idText(4)],
    ['posted', idText(5)],
    ['posted', idText(6)],
  ])
  assert.deepEqual(late.received, [
    ['open', idText(5)],
    ['posted', idText(6)],
  ])
})

test('the events of one turn of the event loop go out as one chunk', () => {
  const { feed, clock } = testFeed(eventId(0))
  const reader = new RecordingSubscriber()
  feed.join(reader, undefined)
  feed.receive(posted(1))
  feed.receive(posted(2))
  clock.settle()
  assert.equal(reader.chunks.length, 2)
  assert.deepEqual(reader.received.slice(1), [
    ['posted', idText(1)],
    ['posted', idText(2)],
  ])
})

test('an event that arrives twice, or after a later one, is not delivered again', () => {
  const { feed, clock } = testFeed(eventId(4))
  const reader = new RecordingSubscriber()
  feed.join(reader, undefined)
  for (const seq of [5, 5, 8, 6, 8, 7, 4, 9]) feed.receive(posted(seq))
  clock.advance(1)
  assert.deepEqual(reader.received, [
    ['open', idText(4)],
    ['posted', idText(5)],
    ['gap', idText(7), 2],
    ['posted', idText(8)],
    ['posted', idText(9)],
  ])
})

test('a new epoch begins with a gap of unknown size, and events of the old one are dropped', () => {
  const { feed, clock } = testFeed(eventId(4))
  const reader = new RecordingSubscriber()
  const back = new RecordingSubscriber()
  feed.join(reader, undefined)
  feed.receive(posted(5))
  feed.receive(posted(3, 'new', LATER))
  feed.receive(posted(6, 'old'))
  clock.advance(1)
  assert.deepEqual(reader.received, [
    ['open', idText(4)],
    ['posted', idText(5)],
    ['gap', idText(2, LATER), null],
    ['posted', idText(3, LATER)],
  ])
  feed.join(back, { requested: eventId(0, LATER), issued: eventId(0, LATER) })
  assert.deepEqual(back.received, [
    ['open', idText(0, LATER)],
    ['gap', idText(2, LATER), 2],
    ['posted', idText(3, LATER)],
  ])
})

test('the first event of an unused room comes without a gap', () => {
  const { feed, clock } = testFeed(eventId(0))
  const reader = new RecordingSubscriber()
  feed.join(reader, undefined)
  const epoch = epochAt(epochTime(EPOCH) + 3_599_999)
  feed.receive(posted(1, 'first', epoch))
  clock.advance(1)
  assert.deepEqual(reader.received, [
    ['open', idText(0)],
    ['posted', idText(1, epoch)],
  ])
})

test('the first event of an unused room comes after a gap if it is not the first of its epoch', () => {
  const { feed, clock } = testFeed(eventId(0))
  const reader = new RecordingSubscriber()
  feed.join(reader, undefined)
  const epoch = epochAt(epochTime(EPOCH) + 1000)
  feed.receive(posted(3, 'third', epoch))
  clock.advance(1)
  assert.deepEqual(reader.received.slice(1), [
    ['gap', idText(2, epoch), null],
    ['posted', idText(3, epoch)],
  ])
})

test('the first event of an unused room comes after a gap if another epoch fits in between', () => {
  const { feed, clock } = testFeed(eventId(0))
  const reader = new RecordingSubscriber()
  feed.join(reader, undefined)
  const epoch = epochAt(epochTime(EPOCH) + 3_600_000)
  feed.receive(posted(1, 'first', epoch))
  clock.advance(1)
  assert.deepEqual(reader.received.slice(1), [
    ['gap', idText(0, epoch), null],
    ['posted', idText(1, epoch)],
  ])
})

test('a reader who leaves gets nothing more, not even the waiting frames', () => {
  const { feed, clock } = testFeed(eventId(0))
  const reader = new RecordingSubscriber()
  feed.join(reader, undefined)
  feed.receive(posted(1))
  feed.leave(reader)
  feed.receive(posted(2))
  clock.advance(1)
  assert.deepEqual(reader.received, [['open', idText(0)]])
  assert.equal(feed.readerCount, 0)
})

test('a finished reader gets the waiting frames at once and only once, and its cursor is returned', () => {
  const { feed, clock } = testFeed(eventId(0))
  const [reader, other] = [new RecordingSubscriber(), new RecordingSubscriber()]
  feed.join(other, undefined)
  feed.join(reader, undefined)
  feed.receive(posted(1))
  feed.join(new RecordingSubscriber(), undefined)
  feed.receive(posted(2))
  assert.deepEqual(feed.finish(reader), eventId(2))
  const all = [
    ['open', idText(0)],
    ['posted', idText(1)],
    ['posted', idText(2)],
  ]
  assert.deepEqual(reader.received, all)
  assert.deepEqual(other.received, [['open', idText(0)]])
  feed.receive(posted(3))
  clock.advance(1)
  assert.deepEqual(reader.received, all)
  assert.deepEqual(other.received, [...all, ['posted', idText(3)]])
})

test('frames that arrive during a slow delivery go out together in the next one', () => {
  const { feed } = testFeed(eventId(0))
  const readers = Array.from({ length: 20 }, () => new RecordingSubscriber())
  for (const reader of readers) feed.join(reader, undefined)
  feed.receive(posted(1))
  for (let seq = 2; seq <= 10; seq++) {
    assert.equal(
      feed.deliver(() => true),
      false,
    )
    feed.receive(posted(seq))
  }
  assert.equal(
    feed.deliver(() => false),
    true,
  )
  // The rest of the event loop's work comes in between.
  assert.equal(feed.waiting, true)
  feed.deliver(() => false)
  assert.equal(feed.waiting, false)
  for (const { received, chunks } of readers) {
    assert.deepEqual(
      received.slice(1),
      Array.from({ length: 10 }, (_, index) => ['posted', idText(index + 1)]),
    )
    assert.equal(chunks.length, 3)
  }
})

test('a feed is overloaded as long as too many frames wait, even if some readers already have them', () => {
  const { feed } = testFeed(eventId(0))
  const readers = Array.from({ length: 20 }, () => new RecordingSubscriber())
  for (const reader of readers) feed.join(reader, undefined)
  for (let seq = 1; seq < BACKLOG_MAX_FRAMES; seq++) feed.receive(posted(seq, 'x'))
  assert.equal(feed.overloaded, false)
  feed.deliver(() => true)
  feed.receive(posted(BACKLOG_MAX_FRAMES, 'x'))
  assert.equal(feed.overloaded, true)
  feed.deliver(() => false)
  assert.equal(feed.overloaded, false)
})

test('a feed without readers keeps no frame waiting', () => {
  const { feed, clock } = testFeed(eventId(0), { windowMs: 0 })
  for (let seq = 1; seq <= BACKLOG_MAX_FRAMES; seq++) feed.receive(posted(seq, 'x'))
  assert.equal(feed.overloaded, false)
  assert.equal(clock.pendingTimers, 0)
})
