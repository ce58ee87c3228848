import type { Chat } from '../../chat/chat.ts'
import type { Feed } from '../../chat/delivery/feed.ts'
import type { Encoders, Ending, Format } from '../../chat/delivery/frames.ts'
import { signCursor } from '../../chat/delivery/signed-cursor.ts'
import { type EventId, formatId } from '../../chat/event.ts'
import type { Member } from '../../chat/member.ts'
import type { Undo } from '../../chat/ports/clock.ts'
import type { Slug } from '../../chat/room.ts'
import { type Parcel, pack } from './chunk.ts'
import type { Again } from './resume-link.ts'
import type { Stream } from './stream.ts'

/** What a reader's stream works with. */
export interface ReaderTools {
  readonly chat: Chat<Parcel>
  readonly encoders: Encoders
  readonly beats: Readonly<Record<Format, Parcel>>
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
  readonly #again: Again

  constructor(tools: ReaderTools, room: Slug, member: Member | undefined, stream: Stream, again: Again) {
    this.#tools = tools
    this.#again = again
    this.room = room
    this.member = member
    this.stream = stream
    const { clock, secrets } = tools.chat
    // A page without scripts says by its renewal that somebody still looks at it.
    const life = stream.format === 'html' ? tools.streamLife / 2 : tools.streamLife
    this.endsAt = clock.elapsed() + life * (1 + secrets.random() / 2)
  }

  #feed: Feed<Parcel> | undefined
  #forget: Undo = () => {}

  /** @param forget run once, when the reader is gone */
  follow(feed: Feed<Parcel>, forget: Undo): void {
    this.#feed = feed
    this.#forget = forget
  }

  /** Whether the stream is over, or follows nothing yet. */
  get gone(): boolean {
    return this.#feed === undefined
  }

  beat(): void {
    this.stream.send(this.#tools.beats[this.stream.format])
  }

  /** Ends the stream with a word on when to come back, after all that waits for this reader. */
  end(ending: Ending): void {
    const held = this.#feed?.finish(this.stream)
    this.leave()
    const { encoders, retryMs } = this.#tools
    this.stream.send(
      pack(encoders[this.stream.format].ending(ending, retryMs(), held ? this.#resumeUrl(held) : '')),
    )
    this.stream.end()
  }

  leave(): void {
    this.#feed?.leave(this.stream)
    this.#feed = undefined
    this.#forget()
    this.#forget = () => {}
  }

  #resumeUrl(held: EventId): string {
    const cursor = formatId(held)
    const { member, room } = this
    const proof = member && { proof: signCursor(this.#tools.chat, room, member, cursor).proof }
    return this.#again({ after: cursor, ...proof })
  }
}
