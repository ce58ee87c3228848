import type { EventId, RoomEvent } from '../event.ts'
import type { BusMessage } from '../ports/bus.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import { Refusal } from '../refusal.ts'
import type { Slug } from '../room.ts'
import type { ReaderSignal, RoomClosed } from '../signal.ts'
import type { Feed } from './feed.ts'
import type { EndReason } from './frames.ts'

/** Events that are read from the store at once. */
const READ_BATCH = 200

/** A room that missed more than this lets its readers begin afresh. */
export const FILL_MAX = 1_000

/** What may wait while the store is read, some kilobytes each; what comes after that is read there too. */
const WAITING_MAX = 2_000

/** How long after the store could not be read it is tried again. */
const RETRY_MS = 500

type PositionedMessage = Extract<BusMessage, { id: EventId }>

export interface SequencerTools {
  readonly clock: Clock
  /** Of a kept room: where to find what the bus has lost. */
  readonly store: Pick<Store, 'readEvents'> | undefined
  /** Ends the feed and the streams of all who read the room here. */
  readonly end: (ending: EndReason) => void
}

/**
 * Takes in what the bus brings for one room, in its order. What the bus has lost of a kept room comes from the store
 * before anything else is taken in; of a vanishing room it is announced as a gap.
 */
export class Sequencer<Parcel> {
  readonly #room: Slug
  readonly #feed: Feed<Parcel>
  readonly #tools: SequencerTools
  readonly #waiting: Exclude<BusMessage, RoomClosed>[] = []
  #filling = false

  constructor(room: Slug, feed: Feed<Parcel>, tools: SequencerTools) {
    this.#room = room
    this.#feed = feed
    this.#tools = tools
  }

  receive(heard: BusMessage): void {
    if (this.#feed.closed) return
    // Whatever waits for its turn: nobody is to read on in a room that was deleted.
    if (heard.kind === 'closed') this.#tools.end('closed')
    else if (!this.#filling) this.#process(heard)
    else if (this.#waiting.length < WAITING_MAX) this.#waiting.push(heard)
    // It shows where the room stands, and that is enough to read up to it.
    else if ('id' in heard) this.#waiting[WAITING_MAX - 1] = { kind: 'position', id: heard.id }
  }

  #process(heard: Exclude<BusMessage, RoomClosed>): void {
    if ('id' in heard) this.#processPositioned(heard)
    else this.#processSignal(heard)
  }

  #processSignal(told: ReaderSignal): void {
    this.#feed.signal(told)
    // The room has another history from now on, and a feed of its own for it: who reads comes back to that.
    if (told.kind === 'settings' && told.made) this.#tools.end('rotate')
  }

  #processPositioned(heard: PositionedMessage): void {
    const stands = heard.kind === 'position'
    const missing = stands ? this.#isAhead(heard.id) : !this.#feed.isInSequence(heard.id)
    if (this.#tools.store && missing) void this.#fillHole(heard, this.#tools.store)
    else if (stands) this.#feed.advanceTo(heard.id)
    else this.#feed.receive(heard)
  }

  // Never rejects: what fails is tried again.
  async #fillHole(heard: PositionedMessage, store: Pick<Store, 'readEvents'>): Promise<void> {
    this.#filling = true
    // Where the store's history was lost and another one begun, whoever reads begins afresh.
    const filled = heard.id.epoch === this.#feed.top.epoch && (await this.#readUpTo(heard.id, store))
    this.#filling = false
    if (!filled && !this.#feed.closed) this.#tools.end('rotate')
    this.receive(heard)
    while (!this.#filling && this.#waiting.length > 0) {
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
      for (const event of events) {
        // What was deleted since leaves no gap.
        this.#feed.markReceivedUpTo({ ...event.id, seq: event.id.seq - 1 })
        this.#feed.receive(event)
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
