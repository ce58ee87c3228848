import type { Chat } from '../chat.ts'
import { type EventId, formatId, parseCursor } from '../event.ts'
import type { Member } from '../member.ts'
import type { Slug } from '../room.ts'
import type { Resumption } from './resume.ts'

/** The cursor that a page gives its stream. It is signed for one session; other sessions can't replay from it. */
export interface SignedCursor {
  readonly cursor: string
  readonly proof: string
}

/** Issues the cursor for a page of a vanishing room: its newest event. */
export async function issueCursor(chat: Chat, room: Slug, member: Member): Promise<SignedCursor> {
  return signCursor(chat, room, member, formatId(await chat.bus.top(room)))
}

export function signCursor(chat: Chat, room: Slug, member: Member, cursor: string): SignedCursor {
  return { cursor, proof: chat.secrets.sign('cursor', room, member.id, cursor) }
}

/** The cursors in a request for a stream. */
export interface StreamCursorRequest {
  /** The cursor in the URL of the stream. */
  readonly after: string | null
  readonly proof: string | null
  /** The last event that the reader has received. It wins over `after`. */
  readonly lastEventId: string | undefined
}

/**
 * Reads where a stream resumes.
 * @returns undefined if it begins with the live events
 */
export function readResumption(
  chat: Chat,
  room: Slug,
  member: Member | undefined,
  { after, proof, lastEventId }: StreamCursorRequest,
): Resumption | undefined {
  const received = parseCursor(lastEventId) ?? (lastEventId ? UNREADABLE_CURSOR : undefined)
  const pageCursor = parseCursor(after) ?? (after ? UNREADABLE_CURSOR : undefined)
  const requested = received ?? pageCursor
  if (!requested) return undefined
  const signed = member && after && proof && chat.secrets.verify(proof, 'cursor', room, member.id, after)
  return { requested, issued: signed ? pageCursor : undefined }
}

// In no room's history, so the reader gets a gap.
const UNREADABLE_CURSOR: EventId = { epoch: 'zzzzzzzzz', seq: 1 }
