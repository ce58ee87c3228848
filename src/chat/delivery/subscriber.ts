import type { FanOut } from './fan-out.ts'
import type { Encoders, Format } from './frames.ts'

/** One open stream. */
export interface Subscriber<Parcel> {
  readonly format: Format
  /** Must not throw: one reader's trouble is none of the others'. */
  send(parcel: Parcel): void
  /** Resolves when there is room for more, or nobody reads it any more; without, there always is. */
  readonly ready?: (() => Promise<void>) | undefined
}

export interface FeedTools<Parcel> {
  readonly encoders: Encoders
  /** Makes the bytes that all readers of one format share. */
  readonly encodeChunk: (text: string) => Parcel
  readonly fanOut: FanOut
  readonly retryMs: () => number
}
