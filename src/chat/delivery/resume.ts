import { compareIds, type EventId, epochTime, type RoomEvent } from '../event.ts'
import type { Frame, Gap } from './frames.ts'

/** A vanishing room that nobody uses is forgotten after an hour; its next event begins a new epoch. */
export const VANISHING_TTL_MS = 3_600_000

/** Where a reader wants to go on. */
export interface Resumption {
  /** The last id that the reader says it holds. */
  readonly requested: EventId
  /** The id that its own session was given with the page: nothing before it is for this reader. */
  readonly issued: EventId | undefined
}

/**
 * What a reader who comes back is sent, in order: what is still remembered after its cursor, and a gap wherever
 * something is missing.
 * @param remembered frames up to `top`, oldest first
 */
export function replay(
  { requested, issued }: Resumption,
  top: EventId,
  remembered: (after: number) => readonly Frame<RoomEvent>[],
): (Frame | Gap)[] {
  // A room without any event has no epoch yet: whatever it was called when a page was given out, nothing was missed,
  // unless a whole epoch fits between.
  const unused =
    top.seq === 0 && requested.seq === 0 && epochDistanceMs(top.epoch, requested) < VANISHING_TTL_MS
  const held = unused ? 0 : seqIn(top.epoch, requested)
  if (held === undefined || held > top.seq) return [{ kind: 'gap', id: top, missed: undefined }]
  const allowed = issued && issuedSeqIn(top.epoch, issued)
  const steps: (Frame | Gap)[] = []
  let last = held
  const announce = (upTo: number) => {
    if (upTo > last) steps.push({ kind: 'gap', id: { epoch: top.epoch, seq: upTo }, missed: upTo - last })
    last = Math.max(last, upTo)
  }
  for (const frame of remembered(Math.max(held, allowed ?? top.seq))) {
    announce(frame.content.id.seq - 1)
    steps.push(frame)
    last = frame.content.id.seq
  }
  announce(top.seq)
  return steps
}

/** Whether an event is the very next one: nothing can have happened between. */
export function follows(next: EventId, top: EventId): boolean {
  return next.epoch === top.epoch ? next.seq === top.seq + 1 : next.seq === 1 && beganAfter(top, next.epoch)
}

// The place of a cursor in an epoch's numbers, if it has one.
function seqIn(epoch: string, cursor: EventId): number | undefined {
  if (cursor.epoch === epoch) return cursor.seq
  return beganAfter(cursor, epoch) ? 0 : undefined
}

// A page that was given out before the epoch began is older than all of it.
function issuedSeqIn(epoch: string, given: EventId): number | undefined {
  if (given.epoch === epoch) return given.seq
  return compareIds(given, { epoch, seq: 0 }) < 0 ? 0 : undefined
}

// `<then>.0` is given out for a room that nobody used yet. No other epoch fits between it and one that began
// within the hour.
export function beganAfter(cursor: EventId, epoch: string): boolean {
  const waited = epochDistanceMs(epoch, cursor)
  return cursor.seq === 0 && waited >= 0 && waited < VANISHING_TTL_MS
}

// Milliseconds from a cursor's epoch to another.
function epochDistanceMs(epoch: string, cursor: EventId): number {
  return epochTime(epoch) - epochTime(cursor.epoch)
}
