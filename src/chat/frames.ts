import type { EventId, RoomEvent } from './event.ts'

export const FORMATS = ['htmx', 'html', 'json', 'ndjson', 'text'] as const

/** How a stream speaks to its reader. */
export type Format = (typeof FORMATS)[number]

/** Events that can't be had any more: announced, never hidden. */
export interface Gap {
  readonly kind: 'gap'
  /** The last id before what follows, so that a reader who resumes there is told once. */
  readonly id: EventId
  /** How many events, or undefined where nobody can know. */
  readonly missed: number | undefined
}

/** Why a stream ends by itself. */
export type Ending = 'rotate' | 'drain' | 'busy'

/** Writes the frames of one format. Pure: the same frame for every reader. */
export interface Encoder {
  readonly contentType: string
  /** The first frame. `cursor` is where the stream begins: a reader cut off before any event resumes there. */
  opening(cursor: EventId, retryMs: number): string
  event(event: RoomEvent): string
  gap(gap: Gap): string
  /** Proof that the connection lives. */
  beat(): string
  /** The last frame; the reader comes back at `resumeUrl` after `retryMs`. */
  ending(ending: Ending, retryMs: number, resumeUrl: string): string
}

export type Encoders = Readonly<Record<Format, Encoder>>

/** One event in each format that somebody reads: encoded once, never for the others. */
export class Frame {
  readonly content: RoomEvent | Gap
  readonly #encoders: Encoders
  readonly #encoded = new Map<Format, string>()

  constructor(content: RoomEvent | Gap, encoders: Encoders) {
    this.content = content
    this.#encoders = encoders
  }

  in(format: Format): string {
    let encoded = this.#encoded.get(format)
    if (encoded === undefined) {
      const encoder = this.#encoders[format]
      encoded = this.content.kind === 'gap' ? encoder.gap(this.content) : encoder.event(this.content)
      this.#encoded.set(format, encoded)
    }
    return encoded
  }
}
