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

/** What a reader's stream depends on. */
export interface ReaderTools {
  readonly chat: Chat<Chunk>
  readonly encoders: Encoders
  readonly heartbeatChunks: Readonly<Record<Format, Chunk>>
  /** The shortest life of a stream in milliseconds. A stream of a page without scripts lives half as long. */
  readonly streamLife: number
  /** Milliseconds, jittered, after which a reader comes back. */
  readonly retryMs: () => number
}

/** A reader of a room with one stream: heartbeats, and an end that says where to resume. */
export class Reader {
  readonly stream: Stream
  readonly member: Member | undefined
  readonly room: Slug
  /** When the stream ends by itself, in milliseconds of the elapsed clock. */
  readonly endsAt: number
  readonly #tools: ReaderTools
  readonly #resumeLink: ResumeLink

  constructor(
    tools: ReaderTools,
    room: Slug,
    member: Member | undefined,
    stream: Stream,
    resumeLink: ResumeLink,
  ) {
    this.#tools = tools
    this.#resumeLink = resumeLink
    this.room = room
    this.member = member
    this.stream = stream
    const { clock, secrets } = tools.chat
    // A page without scripts shows only by its renewal that somebody still reads it.
    const life = stream.format === 'html' ? tools.streamLife / 2 : tools.streamLife
    this.endsAt = clock.elapsed() + life * (1 + secrets.random() / 2)
  }

  #feed: Feed<Chunk> | undefined
  #onLeave: Undo = () => {}

  /** @param onLeave called once, when the reader leaves */
  follow(feed: Feed<Chunk>, onLeave: Undo): void {
    this.#feed = feed
    this.#onLeave = onLeave
  }

  /** Whether the stream has ended, or follows no feed yet. */
  get hasNoFeed(): boolean {
    return this.#feed === undefined
  }

  sendHeartbeat(): void {
    this.stream.send(this.#tools.heartbeatChunks[this.stream.format])
  }

  /** Sends everything that waits for this reader, then when and where to come back, and ends the stream. */
  end(ending: EndReason): void {
    const lastId = this.#feed?.finish(this.stream)
    this.leave()
    const { encoders, retryMs } = this.#tools
    this.stream.send(
      encodeChunk(
        encoders[this.stream.format].ending(ending, retryMs(), lastId ? this.#resumeUrl(lastId) : ''),
      ),
    )
    this.stream.end()
  }

  leave(): void {
    this.#feed?.leave(this.stream)
    this.#feed = undefined
    this.#onLeave()
    this.#onLeave = () => {}
  }

  #resumeUrl(lastId: EventId): string {
    const cursor = formatId(lastId)
    const { member, room } = this
    const proof = member && { proof: signCursor(this.#tools.chat, room, member, cursor).proof }
    return this.#resumeLink({ after: cursor, ...proof })
  }
}
