import { compareIds, type EventId, type RoomEvent } from '../event.ts'
import { continuesGroup, type LastPost, lastPostOf } from '../history/message-group.ts'
import type { Seat } from '../member.ts'
import { type Mentioned, mayMention } from '../mentions/mentioned-people.ts'
import type { Outage, ReaderSignal } from '../signal.ts'
import { CatchingUpReaders } from './catching-up-readers.ts'
import type { Delivery } from './fan-out.ts'
import { type Format, Frame, type Gap } from './frames.ts'
import type { ReplayWindow } from './replay-window.ts'
import { follows, type Resumption, replay } from './resume.ts'
import type { FeedTools, Subscriber } from './subscriber.ts'

/** The number of waiting frames at which a room sheds posts. At 500 bytes each they stay below a reader's bound. */
export const BACKLOG_MAX_FRAMES = 400

/** Readers who are served between two checks of the clock. */
const READERS_PER_CLOCK_CHECK = 16

/** Frames, and the readers they go to. A batch is fixed when the next reader joins, or when writing begins. */
interface Batch<Chunk> {
  readonly frames: readonly Frame[]
  readonly readers: readonly Subscriber<Chunk>[]
  readonly chunks: Map<Format, Chunk>
  served: number
}

/**
 * The ordered delivery of one room. Every reader gets every event once, in the order of seq, and gets a gap for events
 * that are lost. Everything is synchronous, so replay and live events can never interleave.
 */
export class Feed<Chunk> implements Delivery {
  /** Readers who still receive what they missed. They get nothing else until they join. */
  readonly catchingUpReaders: CatchingUpReaders<Chunk>
  readonly #tools: FeedTools<Chunk>
  readonly #window: ReplayWindow
  readonly #subscribers = new Set<Subscriber<Chunk>>()
  readonly #batches: Batch<Chunk>[] = []
  // Frames that are not in a batch yet.
  #unbatched: Frame[] = []
  #top: EventId
  #closed = false
  #outage: Outage | undefined
  // Only the author and time of the last post. Keeping the event would keep its text beyond the replay window (P3).
  #lastPost: LastPost | undefined

  /** @param top the id of the newest event before this feed began to listen */
  constructor(top: EventId, window: ReplayWindow, tools: FeedTools<Chunk>) {
    this.#top = top
    this.#window = window
    this.#tools = tools
    this.catchingUpReaders = new CatchingUpReaders(tools)
  }

  get readerCount(): number {
    return this.#subscribers.size + this.catchingUpReaders.size
  }

  /** Whether so many frames wait that the room should shed posts. */
  get overloaded(): boolean {
    const waiting = this.#batches.reduce((count, { frames }) => count + frames.length, this.#unbatched.length)
    return waiting >= BACKLOG_MAX_FRAMES
  }

  /**
   * Finds the people that events of this room mention. Never rejects: events go on after any failure.
   * @returns undefined if they can mention nobody, so that nothing has to be waited for
   */
  findMentioned(events: readonly RoomEvent[]): Promise<Mentioned> | undefined {
    const mentioning = events.filter(mayMention)
    const [first] = mentioning
    return first && this.#tools.mentions?.inEvents(first.room, mentioning).catch(() => new Map())
  }

  /** Receives one event of the room, in whatever order the bus delivers it. */
  receive(event: RoomEvent, mentioned: readonly Seat[] = []): void {
    if (!follows(event.id, this.#top)) {
      if (this.#isOutdated(event.id)) return
      this.#enqueue(this.#gapBefore(event.id))
    }
    this.#top = event.id
    const grouped = event.kind === 'posted' && continuesGroup(this.#lastPost, event)
    if (event.kind === 'posted') this.#lastPost = lastPostOf(event)
    // Two frames, so that the window does not keep the encoded text that live readers get.
    this.#window.push(new Frame(event, this.#tools.encoders, grouped, mentioned))
    this.#enqueue(new Frame(event, this.#tools.encoders, grouped, mentioned))
  }

  /** Moves the position to `id`. Events up to it that have not arrived are lost; readers get a gap. */
  advanceTo(id: EventId): void {
    if (this.#isOutdated(id)) return
    const unused = this.#top.seq === 0 && id.seq === 0
    if (!unused) this.#enqueue(this.#gapBefore({ ...id, seq: id.seq + 1 }))
    this.#top = id
  }

  /** Moves the position to `id` without a gap: all available events up to it have arrived. */
  markReceivedUpTo(id: EventId): void {
    if (!this.#isOutdated(id)) this.#top = id
  }

  /** Whether no event is missing before `id`: it comes next, or has already arrived. */
  isInSequence(id: EventId): boolean {
    return follows(id, this.#top) || this.#isOutdated(id)
  }

  /** Sends a signal to the current readers. Later ones get it only if it is an outage that still lasts. */
  signal(signal: ReaderSignal): void {
    if (signal.kind === 'outage') this.#outage = signal.over ? undefined : signal
    this.#enqueue(new Frame(signal, this.#tools.encoders))
  }

  /** The position: the id of the newest event. */
  get top(): EventId {
    return this.#top
  }

  /** Adds a reader. It gets the missed events that the window holds, then the live ones. */
  join(subscriber: Subscriber<Chunk>, resumption: Resumption | undefined): void {
    const { format } = subscriber
    const encoder = this.#tools.encoders[format]
    const steps = resumption ? this.#replay(resumption, format) : []
    const opening = encoder.opening(resumption?.requested ?? this.#top, this.#tools.retryMs(), steps.length)
    const frames = steps.map((step) => (step instanceof Frame ? step.encode(format) : encoder.gap(step)))
    this.#add(subscriber, opening + frames.join(''))
  }

  /** Adds a reader who has received everything up to `top`, unless it has left. */
  joinAfterCatchUp(subscriber: Subscriber<Chunk>): void {
    if (this.catchingUpReaders.has(subscriber)) this.#add(subscriber, '')
  }

  leave(subscriber: Subscriber<Chunk>): void {
    this.catchingUpReaders.delete(subscriber)
    this.#subscribers.delete(subscriber)
  }

  /**
   * Sends a reader everything that waits for it and removes it.
   * @returns the id of the last event that the reader then has
   */
  finish(subscriber: Subscriber<Chunk>): EventId {
    const cursor = this.catchingUpReaders.cursorOf(subscriber)
    if (cursor) {
      this.catchingUpReaders.delete(subscriber)
      return cursor
    }
    this.#startBatch()
    for (const batch of this.#batches) {
      if (batch.readers.includes(subscriber, batch.served)) this.#sendBatch(batch, subscriber)
    }
    this.#subscribers.delete(subscriber)
    return this.#top
  }

  get waiting(): boolean {
    return this.#unbatched.length > 0 || this.#batches.length > 0
  }

  deliver(late: () => boolean): boolean {
    // Frames that arrive during a batch go out together in the next one, after the rest.
    if (this.#batches.length === 0) this.#startBatch()
    for (let batch = this.#batches[0]; batch; batch = this.#batches[0]) {
      while (batch.served < batch.readers.length) {
        if (batch.served % READERS_PER_CLOCK_CHECK === READERS_PER_CLOCK_CHECK - 1 && late()) return false
        const reader = batch.readers[batch.served++]
        if (reader && this.#subscribers.has(reader)) this.#sendBatch(batch, reader)
      }
      this.#batches.shift()
    }
    return true
  }

  /** Whether the feed is closed. A reader who joins too late must not wait for events. */
  get closed(): boolean {
    return this.#closed
  }

  close(): void {
    this.#closed = true
    this.#window.clear()
    this.#subscribers.clear()
  }

  #add(subscriber: Subscriber<Chunk>, first: string): void {
    // A reader who joins now gets the waiting frames by replay, or not at all.
    this.#startBatch()
    // Readers who join during an outage get its signal too.
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

  #sendBatch(batch: Batch<Chunk>, reader: Subscriber<Chunk>): void {
    const { format, tag } = reader
    reader.send(this.#encodeBatch(batch, format))
    if (tag === undefined || !batch.frames.some((frame) => mentions(frame, tag))) return
    const alert = this.#tools.encoders[format].alert()
    if (alert !== '') reader.send(this.#tools.encodeChunk(alert))
  }

  #encodeBatch(batch: Batch<Chunk>, format: Format): Chunk {
    let chunk = batch.chunks.get(format)
    if (chunk === undefined) {
      chunk = this.#tools.encodeChunk(batch.frames.map((frame) => frame.encode(format)).join(''))
      batch.chunks.set(format, chunk)
    }
    return chunk
  }

  #isOutdated(id: EventId): boolean {
    return compareIds(id, this.#top) <= 0
  }

  #gapBefore(id: EventId): Frame {
    const missed = id.epoch === this.#top.epoch ? id.seq - this.#top.seq - 1 : undefined
    // The window finds frames by seq alone, so it must not hold frames of another epoch.
    if (missed === undefined) this.#window.clear()
    this.#lastPost = undefined
    const gap: Gap = { kind: 'gap', id: { epoch: id.epoch, seq: id.seq - 1 }, missed }
    return new Frame(gap, this.#tools.encoders)
  }
}

/** Whether a frame is a new message of somebody else that mentions this member. */
function mentions({ content, mentioned }: Frame, tag: string): boolean {
  if (content.kind !== 'posted' || content.author.tag === tag) return false
  return mentioned.some((seat) => seat.tag === tag)
}
