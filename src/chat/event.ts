import type { Seat } from './member.ts'
import type { Slug } from './room.ts'

/** Identifies one event of a room; written as `<epoch>.<seq>`. */
export interface EventId {
  /** The start of the room's unbroken history: milliseconds since 1970 in base 36, so that epochs sort by time. */
  readonly epoch: string
  /** Rises by one per event of the room. 0 is the position before the first event. */
  readonly seq: number
}

/** A message's author as others see them. */
export interface Author extends Seat {
  readonly verified: boolean
}

/** A message was posted. */
export interface Posted {
  readonly kind: 'posted'
  readonly id: EventId
  readonly room: Slug
  /** Milliseconds since 1970. */
  readonly at: number
  readonly author: Author
  readonly text: string
  /** The time of the last edit, in milliseconds since 1970. Absent from a message that was never edited. */
  readonly editedAt?: number
  /** Present if the room's history holds the message, which then has a permalink. */
  readonly kept?: true
}

/** A message of a kept room was edited. */
export interface Edited {
  readonly kind: 'edited'
  readonly id: EventId
  readonly room: Slug
  readonly at: number
  /** The message after the edit, with its own id. */
  readonly message: Posted
}

/** A message of a kept room was deleted. */
export interface Deleted {
  readonly kind: 'deleted'
  readonly id: EventId
  readonly room: Slug
  readonly at: number
  /** The id of the deleted message. */
  readonly of: EventId
}

/**
 * The table of event kinds. Add a new kind here first: every place that must handle it then fails to compile, because
 * each of them switches over all kinds or has an entry per kind.
 */
export interface Events {
  readonly posted: Posted
  readonly edited: Edited
  readonly deleted: Deleted
}

export type EventKind = keyof Events

/** An event of any kind. */
export type RoomEvent = Events[EventKind]

const KINDS: Readonly<Record<EventKind, true>> = { posted: true, edited: true, deleted: true }

export const EVENT_KINDS = Object.keys(KINDS) as readonly EventKind[]

/** Whether `kind`, from outside (JSON, a database row, another version of Snug), is one that this version knows. */
export function isEventKind(kind: unknown): kind is EventKind {
  return typeof kind === 'string' && Object.hasOwn(KINDS, kind)
}

/**
 * Compares two ids of one room by time: by the start of their epochs, then by seq.
 * @returns negative if `a` came first, 0 for the same event, else positive
 */
export function compareIds(a: EventId, b: EventId): number {
  return a.epoch === b.epoch ? a.seq - b.seq : epochTime(a.epoch) - epochTime(b.epoch)
}

export function formatId(id: EventId): string {
  return `${id.epoch}.${id.seq}`
}

/** Parses `<epoch>.<seq>`. Anything else is no cursor: the result is undefined. */
export function parseCursor(cursor: string | null | undefined): EventId | undefined {
  const parts = /^([0-9a-z]{1,11})\.(0|[1-9][0-9]{0,14})$/.exec(cursor ?? '')
  if (parts?.[1] === undefined || parts[2] === undefined) return undefined
  return { epoch: parts[1], seq: Number(parts[2]) }
}

/**
 * Whether a room can continue from this position: `parseCursor` reads every id that can follow, and no number is
 * rounded. A room gives some 10^14 ids before its first unreadable one.
 */
export function isContinuable({ epoch, seq }: EventId): boolean {
  const isEpoch = /^[0-9a-z]{1,10}$/.test(epoch) && epochAt(epochTime(epoch)) === epoch
  return isEpoch && Number.isSafeInteger(seq) && seq >= 0 && seq <= CONTINUABLE_SEQ_MAX
}

const CONTINUABLE_SEQ_MAX = 900_000_000_000_000

/** The epoch that begins at `ms`, in milliseconds since 1970. */
export function epochAt(ms: number): string {
  return ms.toString(36)
}

/** The start of an epoch, in milliseconds since 1970. */
export function epochTime(epoch: string): number {
  return Number.parseInt(epoch, 36)
}
