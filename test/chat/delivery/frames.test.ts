import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FanOut } from '../../../src/chat/delivery/fan-out.ts'
import { Feed } from '../../../src/chat/delivery/feed.ts'
import {
  type Encoder,
  type Encoders,
  FORMATS,
  type Format,
  Frame,
} from '../../../src/chat/delivery/frames.ts'
import { ReplayWindow } from '../../../src/chat/delivery/replay-window.ts'
import { encoders } from '../../../src/frames/encoders.ts'
import { TestClock } from '../../support/clock.ts'
import { eventId, posted } from '../../support/events.ts'
import { RecordingSubscriber } from '../../support/recording-subscriber.ts'
import { testFeed } from '../../support/test-feed.ts'

/** The real encoders, with a record of their calls. */
function countingEncoders(): { counted: Encoders; calls: string[] } {
  const calls: string[] = []
  const counting = (format: Format): Encoder => ({
    ...encoders[format],
    posted: (event) => {
      calls.push(`${format} ${event.id.seq}`)
      return encoders[format].posted(event)
    },
    gap: (gap) => {
      calls.push(`${format} gap ${gap.id.seq}`)
      return encoders[format].gap(gap)
    },
  })
  const counted = {
    htmx: counting('htmx'),
    html: counting('html'),
    json: counting('json'),
    ndjson: counting('ndjson'),
    text: counting('text'),
    ansi: counting('ansi'),
  }
  return { counted, calls }
}

test('an event is encoded once for each format that somebody reads, and never for the others', () => {
  const { counted, calls } = countingEncoders()
  const { feed, clock } = testFeed(eventId(0), { encoders: counted })
  const readers = Array.from(
    { length: 50 },
    (_, index) => new RecordingSubscriber(index % 2 ? 'json' : 'ndjson'),
  )
  for (const reader of readers) feed.join(reader, undefined)
  feed.receive(posted(1))
  feed.receive(posted(4))
  clock.advance(100)
  const expected = ['json 1', 'json 4', 'json gap 3', 'ndjson 1', 'ndjson 4', 'ndjson gap 3']
  assert.deepEqual(calls.sort(), expected)
})

test('all readers of a format get the very same chunk', () => {
  const clock = new TestClock()
  const feed = new Feed<{ text: string }>(eventId(0), new ReplayWindow(clock, 0), {
    encoders,
    encodeChunk: (text) => ({ text }),
    fanOut: new FanOut(clock),
    retryMs: () => 1,
  })
  const last = new Map<number, object>()
  for (let number = 0; number < 3; number++)
    feed.join({ format: 'text', send: (chunk) => void last.set(number, chunk) }, undefined)
  feed.receive(posted(1))
  clock.advance(1)
  assert.equal(new Set(last.values()).size, 1)
})

test('a message that nobody reads is not encoded until a reader resumes before it', () => {
  const { counted, calls } = countingEncoders()
  const { feed, clock } = testFeed(eventId(0), { encoders: counted })
  feed.receive(posted(1))
  clock.advance(1)
  assert.deepEqual(calls, [])
  const back = { requested: eventId(0), issued: eventId(0) }
  for (let times = 0; times < 3; times++) feed.join(new RecordingSubscriber('json'), back)
  assert.deepEqual(calls, ['json 1'])
})

test('a frame is encoded on demand, once per format', () => {
  const { counted, calls } = countingEncoders()
  const frame = new Frame(posted(7), counted)
  for (const format of [...FORMATS, ...FORMATS])
    assert.equal(frame.encode(format), encoders[format].posted(posted(7)))
  assert.deepEqual(
    calls,
    FORMATS.map((format) => `${format} 7`),
  )
})
