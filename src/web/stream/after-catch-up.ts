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

/** Nobody shall be shown a room as vanishing where what is said is kept: the page may have been away when that began. */
export async function sendRetentionChange(
  chat: Chat,
  room: Slug,
  stream: Stream,
  told: string | null,
): Promise<void> {
  if (told === null || stream.format !== 'htmx') return
  const part = retentionPartial(await chat.store.findKeptRoom(room), told)
  if (part !== '') stream.send(encodeChunk(sseBlock({ data: part })))
}

/** A program has no page that gives it a cursor: its stream does, where its session would be replayed nothing else. */
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
