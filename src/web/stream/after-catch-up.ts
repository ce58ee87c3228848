import { retentionPartial } from '../../../views/retention.tsx'
import type { Chat } from '../../chat/chat.ts'
import { signCursor } from '../../chat/delivery/signed-cursor.ts'
import { type EventId, formatId } from '../../chat/event.ts'
import type { Member } from '../../chat/member.ts'
import type { Slug } from '../../chat/room.ts'
import { resumeFrame } from '../../frames/json.ts'
import { sseBlock } from '../../frames/sse.ts'
import { encodeChunk } from './chunk.ts'
import type { Stream } from './stream.ts'

/**
 * Sends the room's retention to a page that shows another one: it was away when the retention changed. A page must
 * never show a room as vanishing while its messages are stored.
 * @param shownRetention the `retentionCode` that the page shows; null if the request has none
 */
export async function sendRetentionChange(
  chat: Chat,
  room: Slug,
  stream: Stream,
  shownRetention: string | null,
): Promise<void> {
  if (shownRetention === null || stream.format !== 'htmx') return
  const partial = retentionPartial(await chat.store.findKeptRoom(room), shownRetention)
  if (partial !== '') stream.send(encodeChunk(sseBlock({ data: partial })))
}

/**
 * Sends a program the query with which it resumes in a vanishing room. A browser gets this cursor from its page; a
 * program has no page, and without a cursor signed for its session nothing is replayed to it.
 * @param from where the stream began; undefined if the request already had a signed cursor
 */
export async function sendResumeQuery(
  chat: Chat,
  room: Slug,
  member: Member | undefined,
  stream: Stream,
  from: EventId | undefined,
): Promise<void> {
  const { format } = stream
  if (
    !(format === 'json' || format === 'ndjson') ||
    !member ||
    !from ||
    (await chat.store.findKeptRoom(room))
  )
    return
  const { cursor, proof } = signCursor(chat, room, member, formatId(from))
  stream.send(encodeChunk(resumeFrame(format, String(new URLSearchParams({ after: cursor, proof })))))
}
