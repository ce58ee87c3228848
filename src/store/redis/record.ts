import { type Author, formatId, isEventKind, type Posted, type RoomEvent } from '../../chat/event.ts'
import type { Slug } from '../../chat/room.ts'
import { decodePosted, decodeWire, readEventId } from '../../redis/wire.ts'
import type { ExportRecord } from '../export-format.ts'

/** A message before it has an id. */
export interface MessageFields {
  readonly at: number
  /** A digest of who wrote it, if that is known. */
  readonly by: string | undefined
  readonly author: Pick<Author, 'tag' | 'verified'> & { readonly name: string }
  readonly text: string
  readonly editedAt?: number | undefined
}

/** The JSON of a stored message after its id: as on the channels, and who wrote it. Scripts rely on the order of its fields. */
export function encodeMessage({ at, by, author, text, editedAt }: MessageFields): string {
  const { name, tag, verified } = author
  const head = JSON.stringify({ kind: 'posted', at, by, author: { name, tag, verified }, kept: true })
  return `${head.slice(1, -1)},${encodeEditablePart(text, editedAt)}`
}

/** The end of it, which an edit replaces. */
export function encodeEditablePart(text: string, editedAt: number | undefined): string {
  return JSON.stringify({ text, editedAt }).slice(1)
}

/** A stored message; trusted: only Snug writes it. */
export function decodeMessage(room: Slug, json: string): { message: Posted; by: string | undefined } {
  const record = JSON.parse(json)
  return { message: decodePosted(room, record), by: record.by }
}

export function decodeEvent(room: Slug, json: string): RoomEvent {
  const event = decodeWire(room, json)
  if (!event || !('id' in event)) throw new Error(`There is no event in ${json.slice(0, 60)}`)
  return event
}

/** A stored event, for an export. */
export function decodeRecord(json: string): ExportRecord {
  const { id, kind, at, of, by, author, text, editedAt } = JSON.parse(json)
  if (!isEventKind(kind)) throw new Error(`There is no event in ${json.slice(0, 60)}`)
  const head = { id: readEventId(id), at }
  switch (kind) {
    case 'posted':
      return { kind, ...head, of: undefined, posted: { ...author, by, text, editedAt } }
    case 'edited':
    case 'deleted':
      return { kind, ...head, of: readEventId(of), posted: undefined }
  }
}

/** The whole JSON of an event that was exported. */
export function encodeRecord({ id, kind, at, of, posted }: ExportRecord): string {
  const begin = `{"id":"${formatId(id)}",`
  if (!posted) return `${begin}"kind":"${kind}","at":${at},"of":"${of && formatId(of)}"}`
  const { by, text, editedAt, ...author } = posted
  return begin + encodeMessage({ at, by, author, text, editedAt })
}
