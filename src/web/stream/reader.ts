import type { Chat } from '../../chat/chat.ts'
import type { Feed } from '../../chat/delivery/feed.ts'
import type { Encoders, EndReason, Format } from '../../chat/delivery/frames.ts'
import { signCursor } from '../../chat/delivery/signed-cursor.ts'
import { type EventId, formatId } from '../../chat/event.ts'
import type { Member } from '../../chat/member.ts'
import type { Undo } from '../../chat/ports/clock.ts'
import type { Slug } from '../../chat/room.ts'
import { type Chunk, encodeChunk } from './chunk.ts'
import type { ResumeLink } from './resume-link.ts'
import type { Stream } from './stream.ts'

/** What a reader's stream works with. */
export interface ReaderTools {
  readonly chat: Chat<Chunk>
  readonly encoders: Encoders
  readonly heartbeatChunks: Readonly<Record<Format, Chunk>>
  /** Milliseconds that a stream lives at the least; those of pages without scripts live half as long. */
  readonly streamLife: number
  /** Milliseconds, jittered, after which a reader comes back. */
  readonly retryMs: () => number
}

/** Somebody who reads a room by one stream: what the schedule of all streams can do with it. */
export class Reader {
  readonly stream: Stream
  readonly member: Member | undefined
  readonly room: Slug
  /** When the stream ends by itself, by the elapsed clock. */
  readonly endsAt: number
  readonly #tools: ReaderTools
  readonly #resumeLink: ResumeLink

  constructor(tools: ReaderTools, room: Slug, member: Member | undefined, stream: Stream, again: ResumeLink) {
    this.#tools = tools
    this.#resumeLink = again
    this.room = room
    this.member = member
    this.stream = stream
    const { clock, secrets } = tools.chat
    // A page without scripts says by its renewal that somebody still looks at it.
    const life = stream.format === 'html' ? tools.streamLife / 2 : tools.streamLife
    this.endsAt = clock.elapsed() + life * (1 + secrets.random() / 2)
  }

  #feed: Feed<Chunk> | undefined
  #onLeave: Undo = () => {}

  /** @param forget run once, when the reader is gone */
  follow(feed: Feed<Chunk>, forget: Undo): void {
    this.#feed = feed
    this.#onLeave = forget
  }

  /** Whether the stream is over, or follows nothing yet. */
  get hasNoFeed(): boolean {
    return this.#feed === undefined
  }

  sendHeartbeat(): void {
    this.stream.send(this.#tools.heartbeatChunks[this.stream.format])
  }

  /** Ends the stream with a word on when to come back, after all that waits for this reader. */
  end(ending: EndReason): void {
    const held = this.#feed?.finish(this.stream)
    this.leave()
    const { encoders, retryMs } = this.#tools
    this.stream.send(
      encodeChunk(encoders[this.stream.format].ending(ending, retryMs(), held ? this.#resumeUrl(held) : '')),
    )
    this.stream.end()
  }

  leave(): void {
    this.#feed?.leave(this.stream)
    this.#feed = undefined
    this.#onLeave()
    this.#onLeave = () => {}
  }

  #resumeUrl(held: EventId): string {
    const cursor = formatId(held)
    const { member, room } = this
    const proof = member && { proof: signCursor(this.#tools.chat, room, member, cursor).proof }
    return this.#resumeLink({ after: cursor, ...proof })
  }
}
