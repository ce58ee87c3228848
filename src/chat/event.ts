import type { Seat } from './member.ts'
import type { Slug } from './room.ts'

/** Names one event of a room: `<epoch>.<seq>`. */
export interface EventId {
  /** When the room's unbroken history began: milliseconds since 1970 in base 36, so that epochs sort by time. */
  readonly epoch: string
  /** Rises by one per event of the room; 0 stands before the first. */
  readonly seq: number
}

/** As others see who posted. */
export interface Author extends Seat {
  readonly verified: boolean
}

/** A message. */
export interface Posted {
  readonly kind: 'posted'
  readonly id: EventId
  readonly room: Slug
  /** Milliseconds since 1970. */
  readonly at: number
  readonly author: Author
  readonly text: string
  /** Milliseconds since 1970 of the last edit, if there was one. */
  readonly editedAt?: number
  /** Whether the room's history holds it: then it has a link of its own. */
  readonly kept?: true
}

/** A message of a kept room says something else now. */
export interface Edited {
  readonly kind: 'edited'
  readonly id: EventId
  readonly room: Slug
  readonly at: number
  /** As it is now, with its own id. */
  readonly message: Posted
}

/** A message of a kept room is gone. */
export interface Deleted {
  readonly kind: 'deleted'
  readonly id: EventId
  readonly room: Slug
  readonly at: number
  /** The id that the message had. */
  readonly of: EventId
}

/** What happened in a room. */
export type RoomEvent = Posted | Edited | Deleted

export function formatId(id: EventId): string {
  return `${id.epoch}.${id.seq}`
}

/** The id in `<epoch>.<seq>`, or undefined for anything else: a cursor that can't be read is as good as none. */
export function parseCursor(cursor: string | null | undefined): EventId | undefined {
  const parts = /^([0-9a-z]{1,11})\.(0|[1-9][0-9]{0,14})$/.exec(cursor ?? '')
  if (parts?.[1] === undefined || parts[2] === undefined) return undefined
  return { epoch: parts[1], seq: Number(parts[2]) }
}

export function epochAt(ms: number): string {
  return ms.toString(36)
}

/** Milliseconds since 1970. */
export function epochTime(epoch: string): number {
  return Number.parseInt(epoch, 36)
}
