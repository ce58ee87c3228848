import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Feed } from '../../../src/chat/delivery/feed.ts'
import { type EventId, epochAt, epochTime, parseCursor } from '../../../src/chat/event.ts'
import type { TestClock } from '../../support/clock.ts'
import { eventId, posted } from '../../support/events.ts'
import { type Heard, RecordingSubscriber } from '../../support/recording-subscriber.ts'
import { testFeed } from '../../support/test-feed.ts'
import { FeedModel } from './feed-model.ts'

/** Something that happens around a feed. `pick` chooses one of what is there. */
export type Step =
  | { readonly kind: 'post'; readonly fate: 'arrives' | 'is late' | 'is lost' }
  | { readonly kind: 'late ones arrive' | 'arrives again'; readonly pick: number }
  | { readonly kind: 'leave' | 'finish' | 'come back'; readonly pick: number }
  | { readonly kind: 'come'; readonly format: 'json' | 'ndjson'; readonly page: 'none' | 'now' | 'later' }
  | { readonly kind: 'hurried hand-out'; readonly looks: number }
  | { readonly kind: 'time passes'; readonly ms: number }
  | { readonly kind: 'turn ends' | 'history is lost' }

const kind = <const Kind extends string>(...kinds: Kind[]) => fc.constantFrom(...kinds)
const pick = fc.nat({ max: 99 })

export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: kind('post'),
      fate: kind('arrives', 'arrives', 'arrives', 'is late', 'is lost'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: kind('late ones arrive', 'arrives again'), pick }) },
  { weight: 6, arbitrary: fc.record({ kind: kind('leave', 'finish', 'come back', 'come back'), pick }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind('come'),
      format: kind('json', 'ndjson'),
      page: kind('none', 'now', 'later'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('hurried hand-out'), looks: fc.nat({ max: 2 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kind('time passes'), ms: fc.constantFrom(1, 3, 20_000, 61_000) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kind('turn ends', 'turn ends', 'turn ends', 'history is lost') }),
  },
)

/** Somebody who reads by one stream after the other. */
export interface Person {
  readonly format: 'json' | 'ndjson'
  /** The cursor of the page that the reader came by. */
  readonly given: EventId | undefined
  /** What was heard in each stream that is over. */
  readonly streams: Heard[][]
  held: EventId | undefined
  open: { readonly subscriber: RecordingSubscriber; readonly due: Heard[] } | undefined
}

/** A room whose bus and readers do what they like, beside the model of what each reader must hear. */
export class FeedPlay {
  readonly people: Person[] = []
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
    for (let number = 0; number < crowd; number++) this.#come(number % 5 === 0 ? 'json' : 'ndjson', 'now')
  }

  run(step: Step): void {
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
        this.#come(step.format, step.page)
        break
      case 'come back':
      case 'leave':
      case 'finish':
        this.#go(step.kind, this.people[step.pick % Math.max(1, this.people.length)])
        break
      case 'hurried hand-out': {
        let { looks } = step
        this.#feed.deliver(() => looks-- <= 0)
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
  end(): void {
    this.#clock.advance(100)
    for (const person of this.people) {
      assert.deepEqual(person.open?.subscriber.heard, person.open?.due)
      this.#go('leave', person)
    }
  }

  #receive(id: EventId | undefined): void {
    if (!id) return
    this.#feed.receive(posted(id.seq, 'x', id.epoch))
    const heard = this.#model.receive(id, this.#clock.elapsed())
    for (const { open } of this.people) open?.due.push(...heard)
  }

  #come(format: 'json' | 'ndjson', page: 'none' | 'now' | 'later'): void {
    const given = page === 'none' ? undefined : this.#model.top
    const person: Person = { format, given, streams: [], held: given, open: undefined }
    this.people.push(person)
    if (page !== 'later') this.#go('come back', person)
  }

  #go(kind: 'come back' | 'leave' | 'finish', person: Person | undefined): void {
    if (!person || (kind === 'come back') === (person.open !== undefined)) return
    if (!person.open) {
      const resumption = person.held && { asked: person.held, given: person.given }
      const subscriber = new RecordingSubscriber(person.format)
      person.open = { subscriber, due: this.#model.join(resumption, this.#clock.elapsed()) }
      this.#feed.join(subscriber, resumption)
      return
    }
    const { subscriber, due } = person.open
    if (kind === 'finish') assert.deepEqual(this.#feed.finish(subscriber), this.#model.top)
    else this.#feed.leave(subscriber)
    const { heard } = subscriber
    // Who is cut may lack the last of it, and nothing else.
    assert.deepEqual(heard, kind === 'finish' ? due : due.slice(0, heard.length))
    person.streams.push(heard)
    person.held = parseCursor(heard.at(-1)?.[1])
    person.open = undefined
  }
}
