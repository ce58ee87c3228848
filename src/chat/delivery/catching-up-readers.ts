import type { EventId, RoomEvent } from '../event.ts'
import { continuesGroup, type LastPost, lastPostOf } from '../message-group.ts'
import { type Format, Frame, type Gap } from './frames.ts'
import type { FeedTools, Subscriber } from './subscriber.ts'

/** A reader is brought so many characters at a time, and the rest of the last message. */
export const CATCH_UP_CHUNK_LENGTH = 64 * 1024

interface CatchUpProgress {
  /** The last event that it was brought, or came with. */
  cursor: EventId
  /** Whether it has its first frame. */
  opened: boolean
  /** Who spoke last in what it was brought. */
  lastPost: LastPost | undefined
}

/**
 * Readers of a room who are still brought what they missed, piece by piece as they take it: each message is some 60 KB where it
 * is links alone, and all of it at once would wait in the process for whoever takes nothing.
 */
export class CatchingUpReaders<Parcel> {
  readonly #tools: FeedTools<Parcel>
  readonly #progress = new Map<Subscriber<Parcel>, CatchUpProgress>()

  constructor(tools: FeedTools<Parcel>) {
    this.#tools = tools
  }

  get size(): number {
    return this.#progress.size
  }

  /** @param cursor the last event that it has */
  add(subscriber: Subscriber<Parcel>, cursor: EventId): void {
    this.#progress.set(subscriber, { cursor, opened: false, lastPost: undefined })
  }

  /** It has no more than this so far, if it is still here. */
  setCursor(subscriber: Subscriber<Parcel>, held: EventId): void {
    const late = this.#progress.get(subscriber)
    if (late) late.cursor = held
  }

  has(subscriber: Subscriber<Parcel>): boolean {
    return this.#progress.has(subscriber)
  }

  /** Where it goes on if it leaves now. */
  cursorOf(subscriber: Subscriber<Parcel>): EventId | undefined {
    return this.#progress.get(subscriber)?.cursor
  }

  delete(subscriber: Subscriber<Parcel>): void {
    this.#progress.delete(subscriber)
  }

  /**
   * Brings a reader who did not leave the next piece of what it missed.
   * @param missed loses what is brought
   */
  sendNext(subscriber: Subscriber<Parcel>, missed: (RoomEvent | Gap)[]): void {
    const late = this.#progress.get(subscriber)
    if (!late) return
    const { format } = subscriber
    let piece = ''
    if (!late.opened)
      piece = this.#tools.encoders[format].opening(late.cursor, this.#tools.retryMs(), missed.length)
    late.opened = true
    while (piece.length < CATCH_UP_CHUNK_LENGTH) {
      const content = missed.shift()
      if (!content) break
      piece += this.#encode(late, content, format)
      late.cursor = content.id
    }
    subscriber.send(this.#tools.encodeChunk(piece))
  }

  #encode(late: CatchUpProgress, content: RoomEvent | Gap, format: Format): string {
    if (content.kind !== 'posted') return new Frame(content, this.#tools.encoders).encode(format)
    const next = continuesGroup(late.lastPost, content)
    late.lastPost = lastPostOf(content)
    return new Frame(content, this.#tools.encoders, next).encode(format)
  }
}
