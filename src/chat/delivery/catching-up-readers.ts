import type { EventId, RoomEvent } from '../event.ts'
import { isNext, type Said, saidBy } from '../message-group.ts'
import { type Format, Frame, type Gap } from './frames.ts'
import type { FeedTools, Subscriber } from './subscriber.ts'

/** A reader is brought so many characters at a time, and the rest of the last message. */
export const PIECE_LENGTH = 64 * 1024

interface Late {
  /** The last event that it was brought, or came with. */
  held: EventId
  /** Whether it has its first frame. */
  opened: boolean
  /** Who spoke last in what it was brought. */
  last: Said | undefined
}

/**
 * Readers of a room who are still brought what they missed, piece by piece as they take it: each message is some 60 KB where it
 * is links alone, and all of it at once would wait in the process for whoever takes nothing.
 */
export class Latecomers<Parcel> {
  readonly #tools: FeedTools<Parcel>
  readonly #late = new Map<Subscriber<Parcel>, Late>()

  constructor(tools: FeedTools<Parcel>) {
    this.#tools = tools
  }

  get size(): number {
    return this.#late.size
  }

  /** @param held the last event that it has */
  add(subscriber: Subscriber<Parcel>, held: EventId): void {
    this.#late.set(subscriber, { held, opened: false, last: undefined })
  }

  /** It has no more than this so far, if it is still here. */
  hold(subscriber: Subscriber<Parcel>, held: EventId): void {
    const late = this.#late.get(subscriber)
    if (late) late.held = held
  }

  has(subscriber: Subscriber<Parcel>): boolean {
    return this.#late.has(subscriber)
  }

  /** Where it goes on if it leaves now. */
  heldBy(subscriber: Subscriber<Parcel>): EventId | undefined {
    return this.#late.get(subscriber)?.held
  }

  delete(subscriber: Subscriber<Parcel>): void {
    this.#late.delete(subscriber)
  }

  /**
   * Brings a reader who did not leave the next piece of what it missed.
   * @param missed loses what is brought
   */
  bring(subscriber: Subscriber<Parcel>, missed: (RoomEvent | Gap)[]): void {
    const late = this.#late.get(subscriber)
    if (!late) return
    const { format } = subscriber
    let piece = ''
    if (!late.opened)
      piece = this.#tools.encoders[format].opening(late.held, this.#tools.retryMs(), missed.length)
    late.opened = true
    while (piece.length < PIECE_LENGTH) {
      const content = missed.shift()
      if (!content) break
      piece += this.#encode(late, content, format)
      late.held = content.id
    }
    subscriber.send(this.#tools.pack(piece))
  }

  #encode(late: Late, content: RoomEvent | Gap, format: Format): string {
    if (content.kind !== 'posted') return new Frame(content, this.#tools.encoders).in(format)
    const next = isNext(late.last, content)
    late.last = saidBy(content)
    return new Frame(content, this.#tools.encoders, next).in(format)
  }
}
