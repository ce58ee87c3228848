import type { Author, EventId } from '../../chat/event.ts'
import type { Settings } from '../../chat/kept-room.ts'
import type { Slug } from '../../chat/room.ts'
import type { Token, TokenId } from '../../chat/token.ts'

/** What the writing thread is told to do. All of it can be cloned from thread to thread. */
export type Operation =
  | {
      readonly kind: 'create-room'
      readonly room: Slug
      readonly epoch: string
      readonly settings: Settings
      readonly owner: string
      readonly now: number
    }
  | { readonly kind: 'change-settings'; readonly room: Slug; readonly settings: Settings }
  | {
      readonly kind: 'change-embedding'
      readonly room: Slug
      readonly origins: string | undefined
      readonly secret: string | undefined
    }
  | { readonly kind: 'delete-room'; readonly room: Slug; readonly reservedUntil: number }
  | {
      readonly kind: 'append'
      readonly room: Slug
      readonly at: number
      /** A digest of the member. */
      readonly by: string
      readonly author: Author
      readonly text: string
      readonly key: { readonly key: string; readonly digest: string; readonly until: number } | undefined
    }
  | {
      readonly kind: 'edit'
      readonly room: Slug
      readonly at: number
      readonly id: EventId
      /** Undefined: the owner. */
      readonly by: string | undefined
      readonly text: string
    }
  | {
      readonly kind: 'delete-message'
      readonly room: Slug
      readonly at: number
      readonly id: EventId
      readonly by: string | undefined
    }
  | { readonly kind: 'add-token'; readonly room: Slug; readonly token: Token; readonly now: number }
  /** Of any room where none is named. */
  | { readonly kind: 'revoke-token'; readonly id: TokenId; readonly room: Slug | undefined }
  /** Deletes some of what is over: messages, keys, rooms, reservations. */
  | { readonly kind: 'sweep'; readonly now: number }

/** Why an operation was not done, in the writing thread's words; sentences are made by the adapter. */
export type Rejection =
  | 'no-room'
  | 'exists'
  | 'reserved'
  | 'key-reused'
  | 'not-author'
  | 'no-message'
  | 'too-many-tokens'
  | 'full'
  | 'busy'

/** An operation that was done. */
export interface Done {
  readonly kind: 'done'
  /** The event that came of it; of a repeat, the first one. */
  readonly id: EventId
  /** False: a repeat, which changed nothing. */
  readonly isNew: boolean
  /** Of an edit and a repeat: what else is known of the message, if it is still there. */
  readonly message?: { readonly at: number; readonly author: Author }
}

/** What became of an operation. */
export type Outcome =
  | Done
  /** A bounded step of deleting what is over; `more` of it is left. */
  | { readonly kind: 'swept'; readonly deleted: number; readonly more: boolean }
  /** How many tokens came or went. */
  | { readonly kind: 'tokens'; readonly changed: number }
  | { readonly kind: 'rejected'; readonly rejection: Rejection }
  | { readonly kind: 'failed'; readonly message: string }
