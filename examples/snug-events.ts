// The events in a room's stream for programs, as `/openapi.json` describes them.

export type Seat = { readonly name: string; readonly tag: string }

type EventBase<Kind> = {
  readonly kind: Kind
  readonly id: string
  readonly room: string
  readonly at: string
}

export type Message = EventBase<'posted'> & {
  readonly author: Seat & { readonly verified: boolean }
  readonly text: string
  readonly html: string
  /** The people that it mentions, of those who are here. */
  readonly mentions: readonly Seat[]
  readonly editedAt?: string
}

/** `open` begins each connection. `closed` is the last event: the room was deleted. */
export type RoomEvent =
  | Message
  | (EventBase<'edited'> & { readonly message: Message })
  | (EventBase<'deleted'> & { readonly of: string })
  /** `missed`: how many events are lost; null if unknown. `afresh`: the newest messages follow and replace all. */
  | { readonly kind: 'gap'; readonly cursor: string; readonly missed: number | null; readonly afresh?: true }
  /** Who came, left and took another name. `more`: how many more came and left than are named. */
  | {
      readonly kind: 'here'
      readonly count: number
      readonly joined: Seat[]
      readonly left: Seat[]
      readonly renamed: (Seat & { readonly before: string })[]
      readonly more: { readonly joined: number; readonly left: number }
    }
  | { readonly kind: 'typing'; readonly name: string; readonly tag: string }
  | {
      readonly kind: 'settings'
      readonly retention: string
      readonly keep: number | null
      readonly listed: boolean
    }
  | { readonly kind: 'outage'; readonly over: boolean }
  | { readonly kind: 'open'; readonly cursor: string }
  | { readonly kind: 'closed' }

/**
 * Notices about the stream itself. The query of `resume` replays what was missed in a vanishing room, for this session
 * only.
 */
export type StreamNotice =
  | { readonly kind: 'beat' }
  | { readonly kind: 'resume'; readonly query: string }
  | { readonly kind: 'rotate' | 'drain' | 'busy'; readonly retry: number }
