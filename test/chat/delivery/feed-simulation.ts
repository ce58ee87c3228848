import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Feed } from '../../../src/chat/delivery/feed.ts'
import { type EventId, epochAt, epochTime, parseCursor } from '../../../src/chat/event.ts'
import type { TestClock } from '../../support/clock.ts'
import { eventId, posted } from '../../support/events.ts'
import { type DecodedEvent, RecordingSubscriber } from '../../support/recording-subscriber.ts'
import { testFeed } from '../../support/test-feed.ts'
import { FeedModel } from './feed-model.ts'

/** A step of a simulation. `pick` chooses one of the events or readers that exist. */
export type FeedStep =
  | { readonly kind: 'post'; readonly fate: 'arrives' | 'is delayed' | 'is lost' }
  | { readonly kind: 'delayed events arrive' | 'arrives again'; readonly pick: number }
  | { readonly kind: 'leave' | 'finish' | 'reconnect'; readonly pick: number }
  | { readonly kind: 'join'; readonly format: 'json' | 'ndjson'; readonly page: 'none' | 'now' | 'later' }
  | { readonly kind: 'interrupted delivery'; readonly checks: number }
  | { readonly kind: 'time passes'; readonly ms: number }
  | { readonly kind: 'turn ends' | 'history is lost' }

const anyOf = <const Kind extends string>(...kinds: Kind[]) => fc.constantFrom(...kinds)
const pick = fc.nat({ max: 99 })

export const anyFeedStep: fc.Arbitrary<FeedStep> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: anyOf('post'),
      fate: anyOf('arrives', 'arrives', 'arrives', 'is delayed', 'is lost'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: anyOf('delayed events arrive', 'arrives again'), pick }) },
  { weight: 6, arbitrary: fc.record({ kind: anyOf('leave', 'finish', 'reconnect', 'reconnect'), pick }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: anyOf('join'),
      format: anyOf('json', 'ndjson'),
      page: anyOf('none', 'now', 'later'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: anyOf('interrupted delivery'), checks: fc.nat({ max: 2 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: anyOf('time passes'), ms: fc.constantFrom(1, 3, 20_000, 61_000) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: anyOf('turn ends', 'turn ends', 'turn ends', 'history is lost') }),
  },
)

/** A reader with one stream after the other. */
export interface ModelReader {
  readonly format: 'json' | 'ndjson'
  /** The cursor of the page that the reader opened. */
  readonly pageCursor: EventId | undefined
  /** The events of each stream that has ended. */
  readonly streams: DecodedEvent[][]
  cursor: EventId | undefined
  stream: { readonly subscriber: RecordingSubscriber; readonly expected: DecodedEvent[] } | undefined
}

/** A room with an unreliable bus and arbitrary readers, and the model of the events that each reader must get. */
export class FeedSimulation {
  readonly readers: ModelReader[] = []
  readonly #feed: Feed<string>
  readonly #clock: TestClock
  readonly #model: FeedModel
  #newest = eventId(3)
  readonly #sent: EventId[] = []
  readonly #delayed: EventId[] = []

  constructor(windowMs: number, readerCount: number) {
    const { feed, clock } = testFeed(this.#newest, { windowMs })
    this.#feed = feed
    this.#clock = clock
    this.#model = new FeedModel(this.#newest, windowMs)
    for (let number = 0; number < readerCount; number++)
      this.#addReader(number % 5 === 0 ? 'json' : 'ndjson', 'now')
  }

  run(step: FeedStep): void {
    switch (step.kind) {
      case 'post':
        this.#newest = { ...this.#newest, seq: this.#newest.seq + 1 }
        this.#sent.push(this.#newest)
        if (step.fate === 'arrives') this.#receive(this.#newest)
        if (step.fate === 'is delayed') this.#delayed.push(this.#newest)
        break
      case 'delayed events arrive':
        for (const id of this.#delayed.splice(0, 1 + (step.pick % 3)).reverse()) this.#receive(id)
        break
      case 'arrives again':
        this.#receive(this.#sent.at(-1 - (step.pick % 8)))
        break
      case 'join':
        this.#addReader(step.format, step.page)
        break
      case 'reconnect':
      case 'leave':
      case 'finish':
        this.#changeReader(step.kind, this.readers[step.pick % Math.max(1, this.readers.length)])
        break
      case 'interrupted delivery': {
        let { checks } = step
        this.#feed.deliver(() => checks-- <= 0)
        break
      }
      case 'time passes':
        this.#clock.advance(step.ms)
        break
      case 'turn ends':
        this.#clock.settle()
        break
      case 'history is lost':
        this.#newest = eventId(0, epochAt(epochTime(this.#newest.epoch) + 1000))
    }
  }

  /** Asserts that every connected reader has received all expected events, and disconnects it. */
  assertAllReceived(): void {
    this.#clock.advance(100)
    for (const reader of this.readers) {
      assert.deepEqual(reader.stream?.subscriber.received, reader.stream?.expected)
      this.#changeReader('leave', reader)
    }
  }

  #receive(id: EventId | undefined): void {
    if (!id) return
    this.#feed.receive(posted(id.seq, 'x', id.epoch))
    const expected = this.#model.receive(id, this.#clock.elapsed())
    for (const { stream } of this.readers) stream?.expected.push(...expected)
  }

  #addReader(format: 'json' | 'ndjson', page: 'none' | 'now' | 'later'): void {
    const pageCursor = page === 'none' ? undefined : this.#model.top
    const reader: ModelReader = { format, pageCursor, streams: [], cursor: pageCursor, stream: undefined }
    this.readers.push(reader)
    if (page !== 'later') this.#changeReader('reconnect', reader)
  }

  #changeReader(kind: 'reconnect' | 'leave' | 'finish', reader: ModelReader | undefined): void {
    if (!reader || (kind === 'reconnect') === (reader.stream !== undefined)) return
    if (!reader.stream) {
      const resumption = reader.cursor && { requested: reader.cursor, issued: reader.pageCursor }
      const subscriber = new RecordingSubscriber(reader.format)
      reader.stream = { subscriber, expected: this.#model.join(resumption, this.#clock.elapsed()) }
      this.#feed.join(subscriber, resumption)
      return
    }
    const { subscriber, expected } = reader.stream
    if (kind === 'finish') assert.deepEqual(this.#feed.finish(subscriber), this.#model.top)
    else this.#feed.leave(subscriber)
    const { received } = subscriber
    // A reader who is cut off may lack the last events, and nothing else.
    assert.deepEqual(received, kind === 'finish' ? expected : expected.slice(0, received.length))
    reader.streams.push(received)
    reader.cursor = parseCursor(received.at(-1)?.[1])
    reader.stream = undefined
  }
}
