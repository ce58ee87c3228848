import type { MentionedPeople } from '../mentions/mentioned-people.ts'
import type { FanOut } from './fan-out.ts'
import type { Encoders, Format } from './frames.ts'

/** One open stream of one reader. */
export interface Subscriber<Chunk> {
  readonly format: Format
  /** The reader's own tag, if the reader is told of mentions while the stream is read. */
  readonly tag?: string | undefined
  /** Writes one chunk. Must not throw: an error of one reader must not reach the others. */
  send(chunk: Chunk): void
  /** Resolves when the reader can take more, or is gone. Absent if the reader can always take more. */
  readonly ready?: (() => Promise<void>) | undefined
}

export interface FeedTools<Chunk> {
  readonly encoders: Encoders
  /** Makes the chunk that all readers of one format share. */
  readonly encodeChunk: (text: string) => Chunk
  readonly fanOut: FanOut
  /** Finds who is mentioned. Without it nobody is. */
  readonly mentions?: Pick<MentionedPeople, 'inEvents'> | undefined
  /** The jittered delay before a reader reconnects, in milliseconds. */
  readonly retryMs: () => number
}
