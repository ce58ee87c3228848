import type { Deleted, Edited, EventId, Posted, RoomEvent } from '../event.ts'
import type { Seat } from '../member.ts'
import type { Outage, PresenceUpdate, ReaderSignal, SettingsChanged, Typing } from '../signal.ts'

export const FORMATS = ['htmx', 'html', 'json', 'ndjson', 'text', 'ansi'] as const

/** The encoding of a stream. */
export type Format = (typeof FORMATS)[number]

/** Whether a person reads the encoded stream as it is, in a terminal. */
export function isTerminalFormat(format: Format): boolean {
  return format === 'text' || format === 'ansi'
}

/** Whether a program reads the stream. It shows nothing, so it takes any number of missed events. */
export function isProgramFormat(format: Format): boolean {
  return format === 'json' || format === 'ndjson'
}

/** Events that can't be replayed. A gap is announced, never hidden. */
export interface Gap {
  readonly kind: 'gap'
  /** The last id before the next event, so that a reader who resumes there gets the gap only once. */
  readonly id: EventId
  /** The number of missing events; undefined if nobody can know it. */
  readonly missed: number | undefined
  /** Present if the newest messages follow and replace those shown before; `older`: whether there are older ones. */
  readonly reset?: { readonly older: boolean }
}

/** The reason why the server ends a stream. `closed`: the room was deleted, and readers need not reconnect. */
export type EndReason = 'rotate' | 'drain' | 'busy' | 'closed'

/** Encodes the frames of one format. Pure: every reader gets the same frame. */
export interface Encoder {
  readonly contentType: string
  /**
   * The first frame.
   * @param cursor the start of the stream; a reader who is cut off before any event resumes there
   * @param replayed the number of events and gaps that follow at once
   */
  opening(cursor: EventId, retryMs: number, replayed: number): string
  /**
   * @param grouped whether the message continues the group of the one before
   * @param mentioned the people that the message mentions
   */
  posted(posted: Posted, grouped?: boolean, mentioned?: readonly Seat[]): string
  edited(edited: Edited, mentioned?: readonly Seat[]): string
  deleted(deleted: Deleted): string
  gap(gap: Gap): string
  here(here: PresenceUpdate): string
  typing(typing: Typing): string
  settings(changed: SettingsChanged): string
  outage(outage: Outage): string
  /** Follows a message for the readers that it mentions, if their programs show nothing else of that. */
  alert(): string
  /** Proves that the connection is alive. */
  heartbeat(): string
  /** The last frame. Unless the room is closed, the reader resumes at `resumeUrl` after `retryMs` milliseconds. */
  ending(ending: EndReason, retryMs: number, resumeUrl: string): string
}

export type Encoders = Readonly<Record<Format, Encoder>>

/** The content of one frame. */
export type FrameContent = RoomEvent | Gap | ReaderSignal

/** One content, encoded once in each format that somebody reads, and never in the others. */
export class Frame<Of extends FrameContent = FrameContent> {
  readonly content: Of
  /** The people that the content mentions. */
  readonly mentioned: readonly Seat[]
  readonly #encoders: Encoders
  readonly #continuesGroup: boolean
  readonly #encoded = new Map<Format, string>()

  /** @param grouped whether the message continues the group of the one before */
  constructor(content: Of, encoders: Encoders, grouped = false, mentioned: readonly Seat[] = []) {
    this.content = content
    this.mentioned = mentioned
    this.#encoders = encoders
    this.#continuesGroup = grouped
  }

  encode(format: Format): string {
    let encoded = this.#encoded.get(format)
    if (encoded === undefined) {
      encoded = encodeContent(this, this.#encoders[format], this.#continuesGroup)
      this.#encoded.set(format, encoded)
    }
    return encoded
  }
}

function encodeContent({ content, mentioned }: Frame, encoder: Encoder, grouped: boolean): string {
  switch (content.kind) {
    case 'posted':
      return encoder.posted(content, grouped, mentioned)
    case 'edited':
      return encoder.edited(content, mentioned)
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
