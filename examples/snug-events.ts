// What the stream of a room brings to programs, as `/openapi.json` describes it.

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
  readonly editedAt?: string
}

/** `open` comes with every connection, `closed` last: the room was deleted. */
export type RoomEvent =
  | Message
  | (EventBase<'edited'> & { readonly message: Message })
  | (EventBase<'deleted'> & { readonly of: string })
  /** So many can't be had any more, where that is known. Afresh: the newest follow, in place of all that was shown. */
  | { readonly kind: 'gap'; readonly cursor: string; readonly missed: number | null; readonly afresh?: true }
  | { readonly kind: 'here'; readonly count: number; readonly joined: Seat[]; readonly left: Seat[] }
  | { readonly kind: 'typing'; readonly name: string; readonly tag: string }
  | { readonly kind: 'settings'; readonly retention: string; readonly keep: number | null }
  | { readonly kind: 'outage'; readonly over: boolean }
  | { readonly kind: 'open'; readonly cursor: string }
  | { readonly kind: 'closed' }

/** What a stream says of itself. By the query of `resume` this session alone gets what it missed in a vanishing room. */
export type StreamNotice =
  | { readonly kind: 'beat' }
  | { readonly kind: 'resume'; readonly query: string }
  | { readonly kind: 'rotate' | 'drain' | 'busy'; readonly retry: number }
