import { compareIds, type EventId, type RoomEvent } from '../event.ts'
import { continuesGroup, type LastPost, lastPostOf } from '../message-group.ts'
import type { Outage, ReaderSignal } from '../signal.ts'
import { CatchingUpReaders } from './catching-up-readers.ts'
import type { Delivery } from './fan-out.ts'
import { type Format, Frame, type Gap } from './frames.ts'
import type { ReplayWindow } from './replay-window.ts'
import { follows, type Resumption, replay } from './resume.ts'
import type { FeedTools, Subscriber } from './subscriber.ts'

/** Frames that may wait for their turn before a room sheds posts: at 500 bytes each they stay below a reader's bound. */
export const BACKLOG_MAX_FRAMES = 400

/** How many readers are served between two looks at the clock. */
const READERS_PER_CLOCK_CHECK = 16

/** Frames on their way to those who were reading when the next reader joined, or the writing began. */
interface Batch<Parcel> {
  readonly frames: readonly Frame[]
  readonly readers: readonly Subscriber<Parcel>[]
  readonly chunks: Map<Format, Parcel>
  served: number
}

/**
 * One room's ordered delivery: every reader gets every event once, in the order of seq, and what can't be had is
 * announced. All of it is synchronous: replay and live can never interleave.
 */
export class Feed<Parcel> implements Delivery {
  /** Those who are still brought what they missed, and get nothing else until they join. */
  readonly catchingUpReaders: CatchingUpReaders<Parcel>
  readonly #tools: FeedTools<Parcel>
  readonly #window: ReplayWindow
  readonly #subscribers = new Set<Subscriber<Parcel>>()
  readonly #batches: Batch<Parcel>[] = []
  // Taken in, and not yet bound to a batch of readers.
  #unbatched: Frame[] = []
  #top: EventId
  #closed = false
  #outage: Outage | undefined
  // Who spoke last and when: never the event, whose text must be forgotten with the window.
  #lastPost: LastPost | undefined

  /** @param top the id of the newest event before this feed listened */
  constructor(top: EventId, window: ReplayWindow, tools: FeedTools<Parcel>) {
    this.#top = top
    this.#window = window
    this.#tools = tools
    this.catchingUpReaders = new CatchingUpReaders(tools)
  }

  get readerCount(): number {
    return this.#subscribers.size + this.catchingUpReaders.size
  }

  /** Whether so much waits for its turn that the room should shed posts. */
  get overloaded(): boolean {
    const waiting = this.#batches.reduce((count, { frames }) => count + frames.length, this.#unbatched.length)
    return waiting >= BACKLOG_MAX_FRAMES
  }

  /** Takes in one event of the room, whatever order the bus brings it in. */
  receive(event: RoomEvent): void {
    if (!follows(event.id, this.#top)) {
      if (this.#isOutdated(event.id)) return
      this.#enqueue(this.#gapBefore(event.id))
    }
    this.#top = event.id
    const next = event.kind === 'posted' && continuesGroup(this.#lastPost, event)
    if (event.kind === 'posted') this.#lastPost = lastPostOf(event)
    // Encoded anew for those who come back: what those who read get is not kept for as long.
    this.#window.push(new Frame(event, this.#tools.encoders, next))
    this.#enqueue(new Frame(event, this.#tools.encoders, next))
  }

  /** The room stands at this id: what did not come before it never will. */
  advanceTo(id: EventId): void {
    if (this.#isOutdated(id)) return
    const unused = this.#top.seq === 0 && id.seq === 0
    if (!unused) this.#enqueue(this.#gapBefore({ ...id, seq: id.seq + 1 }))
    this.#top = id
  }

  /** All that can be had of what happened up to this id has come. */
  markReceivedUpTo(id: EventId): void {
    if (!this.#isOutdated(id)) this.#top = id
  }

  /** Whether this comes next, or was there before: nothing is missing before it. */
  isInSequence(id: EventId): boolean {
    return follows(id, this.#top) || this.#isOutdated(id)
  }

  /** Tells those who read now; nobody is told later, but of an outage while it lasts. */
  signal(signal: ReaderSignal): void {
    if (signal.kind === 'outage') this.#outage = signal.over ? undefined : signal
    this.#enqueue(new Frame(signal, this.#tools.encoders))
  }

  /** The id of the newest event that was taken in. */
  get top(): EventId {
    return this.#top
  }

  /** Adds a reader: first what the window holds of what it missed, from here on what comes. */
  join(subscriber: Subscriber<Parcel>, resumption: Resumption | undefined): void {
    const { format } = subscriber
    const encoder = this.#tools.encoders[format]
    const steps = resumption ? this.#replay(resumption, format) : []
    const opening = encoder.opening(resumption?.requested ?? this.#top, this.#tools.retryMs(), steps.length)
    const frames = steps.map((step) => (step instanceof Frame ? step.encode(format) : encoder.gap(step)))
    this.#add(subscriber, opening + frames.join(''))
  }

  /** Adds a reader who was brought all that it missed up to `top`, unless it left meanwhile. */
  joinCaughtUp(subscriber: Subscriber<Parcel>): void {
    if (this.catchingUpReaders.has(subscriber)) this.#add(subscriber, '')
  }

  leave(subscriber: Subscriber<Parcel>): void {
    this.catchingUpReaders.delete(subscriber)
    this.#subscribers.delete(subscriber)
  }

  /** Hands a reader at once what waits for it, and lets it go; the id of the last event that it has then. */
  finish(subscriber: Subscriber<Parcel>): EventId {
    const held = this.catchingUpReaders.cursorOf(subscriber)
    if (held) {
      this.catchingUpReaders.delete(subscriber)
      return held
    }
    this.#startBatch()
    for (const batch of this.#batches) {
      if (batch.readers.includes(subscriber, batch.served))
        subscriber.send(this.#encodeBatch(batch, subscriber.format))
    }
    this.#subscribers.delete(subscriber)
    return this.#top
  }

  get waiting(): boolean {
    return this.#unbatched.length > 0 || this.#batches.length > 0
  }

  /** Hands the waiting frames to their readers, as many as there is time for. */
  deliver(late: () => boolean): boolean {
    // What comes while a batch is on its way is joined into the next one, after the rest.
    if (this.#batches.length === 0) this.#startBatch()
    for (let batch = this.#batches[0]; batch; batch = this.#batches[0]) {
      while (batch.served < batch.readers.length) {
        if (batch.served % READERS_PER_CLOCK_CHECK === READERS_PER_CLOCK_CHECK - 1 && late()) return false
        const reader = batch.readers[batch.served++]
        if (reader && this.#subscribers.has(reader)) reader.send(this.#encodeBatch(batch, reader.format))
      }
      this.#batches.shift()
    }
    return true
  }

  /** Whether nothing will come any more: a reader who joined too late must not wait for it. */
  get closed(): boolean {
    return this.#closed
  }

  close(): void {
    this.#closed = true
    this.#window.clear()
    this.#subscribers.clear()
  }

  #add(subscriber: Subscriber<Parcel>, first: string): void {
    // Who joins now gets the waiting frames by replay, or not at all.
    this.#startBatch()
    // Who joins meanwhile is told of it too.
    const outage = this.#outage ? this.#tools.encoders[subscriber.format].outage(this.#outage) : ''
    this.catchingUpReaders.delete(subscriber)
    if (first + outage !== '') subscriber.send(this.#tools.encodeChunk(first + outage))
    this.#subscribers.add(subscriber)
  }

  #replay(resumption: Resumption, format: Format): (Frame | Gap)[] {
    return replay(resumption, this.#top, (seq) => this.#window.framesAfter(seq, format))
  }

  #enqueue(frame: Frame): void {
    if (this.#subscribers.size === 0) return
    this.#unbatched.push(frame)
    this.#tools.fanOut.wake(this)
  }

  #startBatch(): void {
    if (this.#unbatched.length === 0) return
    const readers = [...this.#subscribers]
    this.#batches.push({ frames: this.#unbatched, readers, chunks: new Map(), served: 0 })
    this.#unbatched = []
  }

  #encodeBatch(batch: Batch<Parcel>, format: Format): Parcel {
    let parcel = batch.chunks.get(format)
    if (parcel === undefined) {
      parcel = this.#tools.encodeChunk(batch.frames.map((frame) => frame.encode(format)).join(''))
      batch.chunks.set(format, parcel)
    }
    return parcel
  }

  #isOutdated(id: EventId): boolean {
    return compareIds(id, this.#top) <= 0
  }

  #gapBefore(id: EventId): Frame {
    const missed = id.epoch === this.#top.epoch ? id.seq - this.#top.seq - 1 : undefined
    // What the window holds of another epoch can't be told from this one's by its seq.
    if (missed === undefined) this.#window.clear()
    this.#lastPost = undefined
    const gap: Gap = { kind: 'gap', id: { epoch: id.epoch, seq: id.seq - 1 }, missed }
    return new Frame(gap, this.#tools.encoders)
  }
}
