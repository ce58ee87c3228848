import { compareIds, type EventId, epochTime, type RoomEvent } from '../event.ts'
import type { Frame, Gap } from './frames.ts'

/** A vanishing room is forgotten after an hour without use. Its next event begins a new epoch. */
export const VANISHING_TTL_MS = 3_600_000

/** The place where a reader wants to resume. */
export interface Resumption {
  /** The last event that the reader claims to have. */
  readonly requested: EventId
  /** The cursor that the page of the reader's session was issued. The reader gets no event before it. */
  readonly issued: EventId | undefined
}

/**
 * The frames for a reader who reconnects, in order: the remembered ones after its cursor, and a gap wherever events are
 * missing.
 * @param remembered the frames after a seq up to `top`, oldest first
 */
export function replay(
  { requested, issued }: Resumption,
  top: EventId,
  remembered: (after: number) => readonly Frame<RoomEvent>[],
): (Frame | Gap)[] {
  // A room without events has no lasting epoch yet. Whatever epoch a page was given, the reader missed nothing, unless
  // a whole epoch fits between the two.
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

/** Whether `next` directly follows `top`: there can be no event between them. */
export function follows(next: EventId, top: EventId): boolean {
  return next.epoch === top.epoch ? next.seq === top.seq + 1 : next.seq === 1 && beganAfter(top, next.epoch)
}

// The seq of a cursor within an epoch, if it has one.
function seqIn(epoch: string, cursor: EventId): number | undefined {
  if (cursor.epoch === epoch) return cursor.seq
  return beganAfter(cursor, epoch) ? 0 : undefined
}

// A page from before the start of the epoch is older than all of its events.
function issuedSeqIn(epoch: string, issued: EventId): number | undefined {
  if (issued.epoch === epoch) return issued.seq
  return compareIds(issued, { epoch, seq: 0 }) < 0 ? 0 : undefined
}

/**
 * Whether `epoch` is the first one after a cursor `<then>.0`, which is issued for a room that nobody has used yet.
 * No other epoch fits in between if `epoch` began within the hour.
 */
export function beganAfter(cursor: EventId, epoch: string): boolean {
  const distanceMs = epochDistanceMs(epoch, cursor)
  return cursor.seq === 0 && distanceMs >= 0 && distanceMs < VANISHING_TTL_MS
}

// Milliseconds from the start of the cursor's epoch to the start of another.
function epochDistanceMs(epoch: string, cursor: EventId): number {
  return epochTime(epoch) - epochTime(cursor.epoch)
}
