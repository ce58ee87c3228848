import type { Author, EventId } from '../../chat/event.ts'
import type { Settings } from '../../chat/kept-room.ts'
import type { Slug } from '../../chat/room.ts'
import type { Token, TokenId } from '../../chat/token.ts'
import type { Rejection } from '../rejection.ts'

/** A task of the writer thread. Structured cloning must be able to copy it. Times are in milliseconds since 1970. */
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
      /** The digest of the member. */
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
      /** The digest of the author. Undefined: the owner, who may change any message. */
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
  /** Without a room, the token may be of any room. */
  | { readonly kind: 'revoke-token'; readonly id: TokenId; readonly room: Slug | undefined }
  /** Deletes some of what has expired: messages, keys, deleted rooms and reservations. */
  | {
      readonly kind: 'sweep'
      readonly now: number
      /** A clock that is never set, in milliseconds. */
      readonly elapsed: number
      /** Whether the operator confirmed that the clock is right. */
      readonly acceptClock: boolean
    }
  /** Writes something to the disk that changes nothing, to find out whether it works again. */
  | { readonly kind: 'try-disk' }

/** The result of an operation that was executed. */
export interface Done {
  readonly kind: 'done'
  /** The event that it made; for a repeat, the event of the first post. */
  readonly id: EventId
  /** The time of a new event: that of the operation, or of the room's last event if the clock was set back. */
  readonly at?: number
  /** False for a repeat, which changed nothing. */
  readonly isNew: boolean
  /** For an edit or a repeat: the time and author of the message, if it still exists. */
  readonly message?: { readonly at: number; readonly author: Author }
}

/** The result of an operation. */
export type OperationResult =
  | Done
  /** One step of a sweep: rows deleted, whether more are left, and a room that could not be swept. */
  | {
      readonly kind: 'swept'
      readonly deleted: number
      readonly more: boolean
      readonly problem?: string
      /** The last known time, if the clock jumped ahead of it and messages are held for that. */
      readonly heldSince?: number
    }
  /** The number of tokens added or revoked. */
  | { readonly kind: 'tokens'; readonly changed: number }
  | { readonly kind: 'tried' }
  | { readonly kind: 'rejected'; readonly rejection: Rejection }
  | { readonly kind: 'failed'; readonly message: string }

/** A rejection because the disk can't store anything. */
export type DiskRejection = Extract<Rejection, 'full' | 'read-only' | 'disk-error' | 'detached'>

const DISK_REJECTIONS: Readonly<Record<DiskRejection, true>> = {
  full: true,
  'read-only': true,
  'disk-error': true,
  detached: true,
}

/** Whether an operation failed because of the disk. It may be stored all the same. */
export function isDiskRejected(result: OperationResult): boolean {
  return result.kind === 'rejected' && Object.hasOwn(DISK_REJECTIONS, result.rejection)
}
