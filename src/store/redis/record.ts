import { type Author, formatId, isEventKind, type Posted, type RoomEvent } from '../../chat/event.ts'
import type { Slug } from '../../chat/room.ts'
import { decodePosted, decodeWire, readEventId } from '../../redis/wire.ts'
import type { ExportRecord } from '../export-format.ts'

/** A message before it has an id. */
export interface MessageFields {
  /** Milliseconds since 1970. */
  readonly at: number
  /** The digest of the author. An imported message may lack it. */
  readonly by: string | undefined
  readonly author: Pick<Author, 'tag' | 'verified'> & { readonly name: string }
  readonly text: string
  readonly editedAt?: number | undefined
}

/**
 * Encodes a stored message after its id: the JSON of the channels, and the digest of the author. Scripts rely on the
 * order of the fields.
 */
export function encodeMessage({ at, by, author, text, editedAt }: MessageFields): string {
  const { name, tag, verified } = author
  const head = JSON.stringify({ kind: 'posted', at, by, author: { name, tag, verified }, kept: true })
  return `${head.slice(1, -1)},${encodeEditablePart(text, editedAt)}`
}

/** Encodes the end of that JSON, which an edit replaces. */
export function encodeEditablePart(text: string, editedAt: number | undefined): string {
  return JSON.stringify({ text, editedAt }).slice(1)
}

/** Decodes a stored message. It is trusted, because only Snug writes it. */
export function decodeMessage(room: Slug, json: string): { message: Posted; by: string | undefined } {
  const record = JSON.parse(json)
  return { message: decodePosted(room, record), by: record.by }
}

/** Decodes an event as readers receive it. */
export function decodeEvent(room: Slug, json: string): RoomEvent {
  const event = decodeWire(room, json)
  if (!event || !('id' in event)) throw new Error(`A stored event is invalid: ${json.slice(0, 60)}`)
  return event
}

/** Decodes a stored event for an export. */
export function decodeRecord(json: string): ExportRecord {
  const { id, kind, at, of, by, author, text, editedAt } = JSON.parse(json)
  if (!isEventKind(kind)) throw new Error(`A stored event is invalid: ${json.slice(0, 60)}`)
  const head = { id: readEventId(id), at }
  switch (kind) {
    case 'posted':
      return { kind, ...head, of: undefined, posted: { ...author, by, text, editedAt } }
    case 'edited':
    case 'deleted':
      return { kind, ...head, of: readEventId(of), posted: undefined }
  }
}

/** Encodes an exported event completely. */
export function encodeRecord({ id, kind, at, of, posted }: ExportRecord): string {
  const begin = `{"id":"${formatId(id)}",`
  if (!posted) return `${begin}"kind":"${kind}","at":${at},"of":"${of && formatId(of)}"}`
  const { by, text, editedAt, ...author } = posted
  return begin + encodeMessage({ at, by, author, text, editedAt })
}
