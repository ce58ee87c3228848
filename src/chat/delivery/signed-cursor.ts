import type { Chat } from '../chat.ts'
import { type EventId, formatId, parseCursor } from '../event.ts'
import type { Member } from '../member.ts'
import type { Slug } from '../room.ts'
import type { Resumption } from './resume.ts'

/** A cursor as a page hands it to its stream: signed for one session, so that nobody reads what came before it. */
export interface SignedCursor {
  readonly cursor: string
  readonly proof: string
}

/** The cursor of a page of a vanishing room that is made now. */
export async function issueCursor(chat: Chat, room: Slug, member: Member): Promise<SignedCursor> {
  return signCursor(chat, room, member, formatId(await chat.bus.top(room)))
}

export function signCursor(chat: Chat, room: Slug, member: Member, cursor: string): SignedCursor {
  return { cursor, proof: chat.secrets.sign('cursor', room, member.id, cursor) }
}

/** What a request for a stream says of where to begin. */
export interface StreamCursorRequest {
  /** The cursor in the stream's address. */
  readonly after: string | null
  readonly proof: string | null
  /** What the reader holds by now; wins over `after`. */
  readonly lastEventId: string | undefined
}

/** Where a stream goes on; undefined: it begins with what comes. */
export function readResumption(
  chat: Chat,
  room: Slug,
  member: Member | undefined,
  { after, proof, lastEventId }: StreamCursorRequest,
): Resumption | undefined {
  const held = parseCursor(lastEventId) ?? (lastEventId ? UNREADABLE_CURSOR : undefined)
  const first = parseCursor(after) ?? (after ? UNREADABLE_CURSOR : undefined)
  const requested = held ?? first
  if (!requested) return undefined
  const signed = member && after && proof && chat.secrets.verify(proof, 'cursor', room, member.id, after)
  return { requested, issued: signed ? first : undefined }
}

// Stands in no room's history: its reader is told of a gap.
const UNREADABLE_CURSOR: EventId = { epoch: 'zzzzzzzzz', seq: 1 }
