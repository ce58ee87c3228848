import type { Deleted, Edited, EventId, Posted, RoomEvent } from '../event.ts'
import type { Outage, PresenceUpdate, ReaderSignal, SettingsChanged, Typing } from '../signal.ts'

export const FORMATS = ['htmx', 'html', 'json', 'ndjson', 'text', 'ansi'] as const

/** How a stream speaks to its reader. */
export type Format = (typeof FORMATS)[number]

/** Whether what it says is read as it comes, by somebody at a terminal. */
export function isTerminalFormat(format: Format): boolean {
  return format === 'text' || format === 'ansi'
}

/** Events that can't be had any more: announced, never hidden. */
export interface Gap {
  readonly kind: 'gap'
  /** The last id before what follows, so that a reader who resumes there is told once. */
  readonly id: EventId
  /** How many events, or undefined where nobody can know. */
  readonly missed: number | undefined
  /** What was shown before gives way to what follows, the newest messages; and whether there are older ones. */
  readonly reset?: { readonly older: boolean }
}

/** Why a stream ends by itself; `closed`: the room was deleted, and nobody need come back. */
export type EndReason = 'rotate' | 'drain' | 'busy' | 'closed'

/** Writes the frames of one format. Pure: the same frame for every reader. */
export interface Encoder {
  readonly contentType: string
  /**
   * The first frame. `cursor` is where the stream begins: a reader cut off before any event resumes there.
   * `replayed` counts the events and gaps that follow at once.
   */
  opening(cursor: EventId, retryMs: number, replayed: number): string
  /** @param next whether it soon follows a message of the same author */
  posted(posted: Posted, next?: boolean): string
  edited(edited: Edited): string
  deleted(deleted: Deleted): string
  gap(gap: Gap): string
  here(here: PresenceUpdate): string
  typing(typing: Typing): string
  settings(changed: SettingsChanged): string
  outage(outage: Outage): string
  /** Proof that the connection lives. */
  heartbeat(): string
  /** The last frame; unless the room is closed, the reader comes back at `resumeUrl` after `retryMs`. */
  ending(ending: EndReason, retryMs: number, resumeUrl: string): string
}

export type Encoders = Readonly<Record<Format, Encoder>>

/** What a room's readers are told in one piece. */
export type FrameContent = RoomEvent | Gap | ReaderSignal

/** One content in each format that somebody reads: encoded once, never for the others. */
export class Frame<Of extends FrameContent = FrameContent> {
  readonly content: Of
  readonly #encoders: Encoders
  readonly #continuesGroup: boolean
  readonly #encoded = new Map<Format, string>()

  /** @param next whether it soon follows a message of the same author */
  constructor(content: Of, encoders: Encoders, next = false) {
    this.content = content
    this.#encoders = encoders
    this.#continuesGroup = next
  }

  encode(format: Format): string {
    let encoded = this.#encoded.get(format)
    if (encoded === undefined) {
      encoded = encodeContent(this.content, this.#encoders[format], this.#continuesGroup)
      this.#encoded.set(format, encoded)
    }
    return encoded
  }
}

function encodeContent(content: FrameContent, encoder: Encoder, next: boolean): string {
  switch (content.kind) {
    case 'posted':
      return encoder.posted(content, next)
    case 'edited':
      return encoder.edited(content)
    case 'deleted':
      return encoder.deleted(content)
    case 'gap':
      return encoder.gap(content)
    case 'here':
      return encoder.here(content)
    case 'typing':
      return encoder.typing(content)
    case 'settings':
      return encoder.settings(content)
    case 'outage':
      return encoder.outage(content)
  }
}
