import type { EventId, RoomEvent } from '../event.ts'
import { continuesGroup, type LastPost, lastPostOf } from '../history/message-group.ts'
import type { Seat } from '../member.ts'
import type { Mentioned } from '../mentions/mentioned-people.ts'
import { type Format, Frame, type Gap } from './frames.ts'
import type { FeedTools, Subscriber } from './subscriber.ts'

/** The number of characters at which a chunk is complete. Its last message is not cut. */
export const CATCH_UP_CHUNK_LENGTH = 64 * 1024

interface CatchUpProgress {
  /** The last event that the reader received, or the cursor that it came with. */
  cursor: EventId
  /** Whether the first frame was sent. */
  opened: boolean
  /** The last post that the reader received. */
  lastPost: LastPost | undefined
}

/**
 * Readers of a room who still receive what they missed, chunk by chunk as they take it. A message of nothing but links
 * takes some 60 KB, so for a reader who takes nothing all missed messages at once would wait in memory.
 */
export class CatchingUpReaders<Chunk> {
  readonly #tools: FeedTools<Chunk>
  readonly #progress = new Map<Subscriber<Chunk>, CatchUpProgress>()

  constructor(tools: FeedTools<Chunk>) {
    this.#tools = tools
  }

  get size(): number {
    return this.#progress.size
  }

  /** @param cursor the last event that the reader has */
  add(subscriber: Subscriber<Chunk>, cursor: EventId): void {
    this.#progress.set(subscriber, { cursor, opened: false, lastPost: undefined })
  }

  /** Sets the last event that a reader has. Does nothing if the reader has left. */
  setCursor(subscriber: Subscriber<Chunk>, cursor: EventId): void {
    const progress = this.#progress.get(subscriber)
    if (progress) progress.cursor = cursor
  }

  has(subscriber: Subscriber<Chunk>): boolean {
    return this.#progress.has(subscriber)
  }

  /** The cursor of a reader if it leaves now; undefined if it is not catching up. */
  cursorOf(subscriber: Subscriber<Chunk>): EventId | undefined {
    return this.#progress.get(subscriber)?.cursor
  }

  delete(subscriber: Subscriber<Chunk>): void {
    this.#progress.delete(subscriber)
  }

  /**
   * Sends a reader the next chunk of what it missed. Does nothing if the reader has left.
   * @param missed the missed events; those that are sent are removed from it
   * @param mentioned the people that events mention
   */
  sendNext(
    subscriber: Subscriber<Chunk>,
    missed: (RoomEvent | Gap)[],
    mentioned: Mentioned = new Map(),
  ): void {
    const progress = this.#progress.get(subscriber)
    if (!progress) return
    const { format } = subscriber
    let text = ''
    if (!progress.opened)
      text = this.#tools.encoders[format].opening(progress.cursor, this.#tools.retryMs(), missed.length)
    progress.opened = true
    while (text.length < CATCH_UP_CHUNK_LENGTH) {
      const content = missed.shift()
      if (!content) break
      text += this.#encode(
        progress,
        content,
        format,
        content.kind === 'gap' ? undefined : mentioned.get(content),
      )
      progress.cursor = content.id
    }
    subscriber.send(this.#tools.encodeChunk(text))
  }

  #encode(
    progress: CatchUpProgress,
    content: RoomEvent | Gap,
    format: Format,
    mentioned?: readonly Seat[],
  ): string {
    if (content.kind !== 'posted')
      return new Frame(content, this.#tools.encoders, false, mentioned).encode(format)
    const grouped = continuesGroup(progress.lastPost, content)
    progress.lastPost = lastPostOf(content)
    return new Frame(content, this.#tools.encoders, grouped, mentioned).encode(format)
  }
}
