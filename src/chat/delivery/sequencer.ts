import type { EventId, RoomEvent } from '../event.ts'
import type { Mentioned } from '../mentions/mentioned-people.ts'
import type { BusMessage } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import { Refusal } from '../refusal.ts'
import type { Slug } from '../room.ts'
import type { ReaderSignal, RoomClosed } from '../signal.ts'
import type { Feed } from './feed.ts'
import type { EndReason } from './frames.ts'

/** Events per read of the store. */
const READ_BATCH = 200

/** The most lost events that are read from the store. If more are lost, the readers start over. */
export const FILL_MAX = 1_000

/** Messages that may wait while the store is read, some kilobytes each. Later events are read from the store too. */
const WAITING_MAX = 2_000

/** Delay before a failed read of the store is repeated. */
const RETRY_MS = 500

type PositionedMessage = Extract<BusMessage, { id: EventId }>

export interface SequencerTools {
  readonly clock: Clock
  /** The store with the events that the bus has lost; undefined for a vanishing room. */
  readonly store: Pick<Store, 'readEvents'> | undefined
  /** Ends the feed and the streams of all readers of the room on this process. */
  readonly end: (ending: EndReason) => void
}

/**
 * Passes the messages of the bus to the feed of one room, in order. In a kept room, events that the bus has lost are
 * read from the store before any later message is passed on. In a vanishing room they are announced as a gap.
 */
export class Sequencer<Chunk> {
  readonly #room: Slug
  readonly #feed: Feed<Chunk>
  readonly #tools: SequencerTools
  readonly #waiting: Exclude<BusMessage, RoomClosed>[] = []
  /** Whether the store or the roster is being asked. Messages wait meanwhile. */
  #asking = false

  constructor(room: Slug, feed: Feed<Chunk>, tools: SequencerTools) {
    this.#room = room
    this.#feed = feed
    this.#tools = tools
  }

  receive(message: BusMessage): void {
    if (this.#feed.closed) return
    // Does not wait for other messages: nobody may read on in a deleted room.
    if (message.kind === 'closed') this.#tools.end('closed')
    else if (!this.#asking) this.#process(message)
    else if (this.#waiting.length < WAITING_MAX) this.#waiting.push(message)
    // The id of the newest event is enough: the store is read up to it.
    else if ('id' in message) this.#waiting[WAITING_MAX - 1] = { kind: 'position', id: message.id }
  }

  #process(message: Exclude<BusMessage, RoomClosed>): void {
    if ('id' in message) this.#processPositioned(message)
    else this.#processSignal(message)
  }

  #processSignal(signal: ReaderSignal): void {
    this.#feed.signal(signal)
    // The room has a new history now, with a feed of its own. The readers reconnect to that feed.
    if (signal.kind === 'settings' && signal.made) this.#tools.end('rotate')
  }

  #processPositioned(message: PositionedMessage): void {
    const isPosition = message.kind === 'position'
    const missing = isPosition ? this.#isAhead(message.id) : !this.#feed.isInSequence(message.id)
    if (this.#tools.store && missing) void this.#fillHole(message, this.#tools.store)
    else if (isPosition) this.#feed.advanceTo(message.id)
    else this.#passOn(message)
  }

  // Never rejects: a failed read is repeated.
  async #fillHole(message: PositionedMessage, store: Pick<Store, 'readEvents'>): Promise<void> {
    this.#asking = true
    // If the store lost its history and began another one, the readers start over.
    const filled = message.id.epoch === this.#feed.top.epoch && (await this.#readUpTo(message.id, store))
    this.#asking = false
    if (!filled && !this.#feed.closed) this.#tools.end('rotate')
    this.receive(message)
    this.#receiveWaiting()
  }

  #passOn(event: RoomEvent): void {
    const finding = this.#feed.findMentioned([event])
    if (finding) void this.#passOnWithMentions(event, finding)
    else this.#feed.receive(event)
  }

  async #passOnWithMentions(event: RoomEvent, finding: Promise<Mentioned>): Promise<void> {
    this.#asking = true
    const mentioned = await finding
    this.#asking = false
    if (!this.#feed.closed) this.#feed.receive(event, mentioned.get(event))
    this.#receiveWaiting()
  }

  #receiveWaiting(): void {
    while (!this.#asking && this.#waiting.length > 0) {
      const next = this.#waiting.shift()
      if (next) this.receive(next)
    }
  }

  async #readUpTo(id: EventId, store: Pick<Store, 'readEvents'>): Promise<boolean> {
    let count = 0
    while (!this.#feed.closed && count < FILL_MAX) {
      let events: RoomEvent[]
      try {
        events = await store.readEvents(this.#room, this.#feed.top, id, READ_BATCH)
      } catch (error) {
        if (error instanceof Refusal && error.code === 'not-found') return false
        await new Promise<void>((resolve) => this.#tools.clock.after(RETRY_MS, resolve))
        continue
      }
      count += events.length
      const mentioned = await this.#feed.findMentioned(events)
      for (const event of events) {
        // A message that was deleted since then leaves no gap.
        this.#feed.markReceivedUpTo({ ...event.id, seq: event.id.seq - 1 })
        this.#feed.receive(event, mentioned?.get(event))
      }
      if (events.length < READ_BATCH) {
        this.#feed.markReceivedUpTo(id)
        return true
      }
    }
    return false
  }

  #isAhead(id: EventId): boolean {
    const { top } = this.#feed
    return id.epoch !== top.epoch ? !this.#feed.isInSequence(id) : id.seq > top.seq
  }
}
