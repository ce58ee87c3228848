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

/**
 * The table of event kinds. A new kind begins here: every place that must know it then fails to compile, because it
 * switches over all kinds or has an entry for each.
 */
export interface Events {
  readonly posted: Posted
  readonly edited: Edited
  readonly deleted: Deleted
}

export type EventKind = keyof Events

/** What happened in a room. */
export type RoomEvent = Events[EventKind]

const KINDS: Readonly<Record<EventKind, true>> = { posted: true, edited: true, deleted: true }

export const EVENT_KINDS = Object.keys(KINDS) as readonly EventKind[]

/** Whether data from outside (JSON, a row, another version of Snug) names a kind that this version knows. */
export function isEventKind(kind: unknown): kind is EventKind {
  return typeof kind === 'string' && Object.hasOwn(KINDS, kind)
}

/**
 * Orders two ids of one room by time; epochs are ordered by when they began.
 * @returns negative if `a` came first, 0 if they are the same event, else positive
 */
export function compareIds(a: EventId, b: EventId): number {
  return a.epoch === b.epoch ? a.seq - b.seq : epochTime(a.epoch) - epochTime(b.epoch)
}

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
