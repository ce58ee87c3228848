import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Feed } from '../../../src/chat/delivery/feed.ts'
import { type EventId, epochAt, epochTime, parseCursor } from '../../../src/chat/event.ts'
import type { TestClock } from '../../support/clock.ts'
import { eventId, posted } from '../../support/events.ts'
import { type DecodedEvent, RecordingSubscriber } from '../../support/recording-subscriber.ts'
import { testFeed } from '../../support/test-feed.ts'
import { FeedModel } from './feed-model.ts'

/** Something that happens around a feed. `pick` chooses one of what is there. */
export type FeedStep =
  | { readonly kind: 'post'; readonly fate: 'arrives' | 'is late' | 'is lost' }
  | { readonly kind: 'late ones arrive' | 'arrives again'; readonly pick: number }
  | { readonly kind: 'leave' | 'finish' | 'come back'; readonly pick: number }
  | { readonly kind: 'come'; readonly format: 'json' | 'ndjson'; readonly page: 'none' | 'now' | 'later' }
  | { readonly kind: 'hurried hand-out'; readonly checks: number }
  | { readonly kind: 'time passes'; readonly ms: number }
  | { readonly kind: 'turn ends' | 'history is lost' }

const anyOf = <const Kind extends string>(...kinds: Kind[]) => fc.constantFrom(...kinds)
const pick = fc.nat({ max: 99 })

export const anyFeedStep: fc.Arbitrary<FeedStep> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: anyOf('post'),
      fate: anyOf('arrives', 'arrives', 'arrives', 'is late', 'is lost'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: anyOf('late ones arrive', 'arrives again'), pick }) },
  { weight: 6, arbitrary: fc.record({ kind: anyOf('leave', 'finish', 'come back', 'come back'), pick }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: anyOf('come'),
      format: anyOf('json', 'ndjson'),
      page: anyOf('none', 'now', 'later'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: anyOf('hurried hand-out'), checks: fc.nat({ max: 2 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: anyOf('time passes'), ms: fc.constantFrom(1, 3, 20_000, 61_000) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: anyOf('turn ends', 'turn ends', 'turn ends', 'history is lost') }),
  },
)

/** Somebody who reads by one stream after the other. */
export interface ModelReader {
  readonly format: 'json' | 'ndjson'
  /** The cursor of the page that the reader came by. */
  readonly pageCursor: EventId | undefined
  /** What was heard in each stream that is over. */
  readonly streams: DecodedEvent[][]
  cursor: EventId | undefined
  stream: { readonly subscriber: RecordingSubscriber; readonly due: DecodedEvent[] } | undefined
}

/** A room whose bus and readers do what they like, beside the model of what each reader must hear. */
export class FeedSimulation {
  readonly readers: ModelReader[] = []
  readonly #feed: Feed<string>
  readonly #clock: TestClock
  readonly #model: FeedModel
  #newest = eventId(3)
  readonly #sent: EventId[] = []
  readonly #late: EventId[] = []

  constructor(windowMs: number, crowd: number) {
    const { feed, clock } = testFeed(this.#newest, { windowMs })
    this.#feed = feed
    this.#clock = clock
    this.#model = new FeedModel(this.#newest, windowMs)
    for (let number = 0; number < crowd; number++)
      this.#addReader(number % 5 === 0 ? 'json' : 'ndjson', 'now')
  }

  run(step: FeedStep): void {
    switch (step.kind) {
      case 'post':
        this.#newest = { ...this.#newest, seq: this.#newest.seq + 1 }
        this.#sent.push(this.#newest)
        if (step.fate === 'arrives') this.#receive(this.#newest)
        if (step.fate === 'is late') this.#late.push(this.#newest)
        break
      case 'late ones arrive':
        for (const id of this.#late.splice(0, 1 + (step.pick % 3)).reverse()) this.#receive(id)
        break
      case 'arrives again':
        this.#receive(this.#sent.at(-1 - (step.pick % 8)))
        break
      case 'come':
        this.#addReader(step.format, step.page)
        break
      case 'come back':
      case 'leave':
      case 'finish':
        this.#changeReader(step.kind, this.readers[step.pick % Math.max(1, this.readers.length)])
        break
      case 'hurried hand-out': {
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

  /** In the end everybody who still reads has heard all that was due, and goes. */
  assertAllReceived(): void {
    this.#clock.advance(100)
    for (const person of this.readers) {
      assert.deepEqual(person.stream?.subscriber.received, person.stream?.due)
      this.#changeReader('leave', person)
    }
  }

  #receive(id: EventId | undefined): void {
    if (!id) return
    this.#feed.receive(posted(id.seq, 'x', id.epoch))
    const heard = this.#model.receive(id, this.#clock.elapsed())
    for (const { stream } of this.readers) stream?.due.push(...heard)
  }

  #addReader(format: 'json' | 'ndjson', page: 'none' | 'now' | 'later'): void {
    const pageCursor = page === 'none' ? undefined : this.#model.top
    const person: ModelReader = { format, pageCursor, streams: [], cursor: pageCursor, stream: undefined }
    this.readers.push(person)
    if (page !== 'later') this.#changeReader('come back', person)
  }

  #changeReader(kind: 'come back' | 'leave' | 'finish', person: ModelReader | undefined): void {
    if (!person || (kind === 'come back') === (person.stream !== undefined)) return
    if (!person.stream) {
      const resumption = person.cursor && { requested: person.cursor, issued: person.pageCursor }
      const subscriber = new RecordingSubscriber(person.format)
      person.stream = { subscriber, due: this.#model.join(resumption, this.#clock.elapsed()) }
      this.#feed.join(subscriber, resumption)
      return
    }
    const { subscriber, due } = person.stream
    if (kind === 'finish') assert.deepEqual(this.#feed.finish(subscriber), this.#model.top)
    else this.#feed.leave(subscriber)
    const { received } = subscriber
    // Who is cut may lack the last of it, and nothing else.
    assert.deepEqual(received, kind === 'finish' ? due : due.slice(0, received.length))
    person.streams.push(received)
    person.cursor = parseCursor(received.at(-1)?.[1])
    person.stream = undefined
  }
}
