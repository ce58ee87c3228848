import { type Embedding, type Origins, parseOrigins } from '../../chat/embedding.ts'
import {
  type Deleted,
  type Edited,
  type EventId,
  type EventKind,
  formatId,
  isContinuable,
  isEventKind,
  type Posted,
  type RoomEvent,
} from '../../chat/event.ts'
import type { KeptRoom } from '../../chat/kept-room.ts'
import type { Name } from '../../chat/names/name.ts'
import { parseSlug, type Slug } from '../../chat/room.ts'
import type { ExportRecord } from '../export-format.ts'

/** A row from SQLite. It is trusted, because only Snug writes the database. */
export type Row = Readonly<Record<string, unknown>>

/** A kept room, or a deleted one whose slug is reserved. */
export interface RoomRow {
  readonly id: number
  readonly slug: Slug
  readonly room: KeptRoom
  /** The digest of the owner's link. Undefined if the room was deleted. */
  readonly owner: string | undefined
  readonly embedding: Embedding
  /** Milliseconds since 1970. Only for a deleted room. */
  readonly reservedUntil: number
  /** The seq of its newest event. */
  readonly publishedSeq: number
}

/** Thrown for a row that would make its room unusable. */
export class DamagedRow extends Error {
  /** @param slug as it is stored */
  constructor(slug: string, cause: unknown) {
    super(`The row of the room “${slug}” is damaged: ${cause instanceof Error ? cause.message : cause}`)
  }
}

/**
 * Reads and checks the row of a room.
 * @param row with integers as `bigint`
 * @throws DamagedRow if the room could not be read or written
 */
export function readRoom(row: Row): RoomRow {
  const slug = String(row.slug)
  try {
    const position = { epoch: String(row.epoch), seq: Number(row.seq) }
    if (row.owner !== null && !isContinuable(position))
      throw new Error(`no event can follow ${formatId(position)}`)
    // A slash begins the slug of a deleted room whose slug is in use again.
    if (!slug.startsWith('/') && parseSlug(slug) !== slug) throw new Error('its name is no room’s')
    return toRoom(row, slug as Slug)
  } catch (error) {
    throw new DamagedRow(slug, error)
  }
}

function toRoom(row: Row, slug: Slug): RoomRow {
  return {
    id: Number(row.id),
    slug,
    room: {
      slug,
      retention: optionalNumber(row.retention),
      keep: optionalNumber(row.keep),
      listed: row.listed === 1n,
    },
    owner: row.owner === null ? undefined : String(row.owner),
    embedding: { origins: readOrigins(row.embed_origins), secret: optionalText(row.embed_secret) },
    reservedUntil: Number(row.reserved_until),
    publishedSeq: Number(row.seq),
  }
}

export function readEvent(room: Slug, row: Row): RoomEvent {
  switch (readKind(row)) {
    case 'posted':
      return readPosted(room, row)
    case 'edited':
      return readEdited(room, row)
    case 'deleted':
      return readDeleted(room, row)
  }
}

/** Reads an event as it is stored, for an export. */
export function readRecord(room: Slug, row: Row): ExportRecord {
  const { id, at } = readCommonFields(room, row)
  const kind = readKind(row)
  switch (kind) {
    case 'posted': {
      const { author, text, editedAt } = readPosted(room, row)
      const by = row.author === null ? undefined : String(row.author)
      return { kind, id, at, of: undefined, posted: { ...author, by, text, editedAt } }
    }
    case 'edited':
    case 'deleted':
      return { kind, id, at, of: readTargetId(row), posted: undefined }
  }
}

function readKind({ kind }: Row): EventKind {
  if (isEventKind(kind)) return kind
  throw new Error(`The database has an event of the unknown kind ${String(kind)}`)
}

/** @param prefix of the message's columns */
export function readPosted(room: Slug, row: Row, prefix = '', seq = Number(row.seq)): Posted {
  const editedAt = row[`${prefix}edited_at`]
  return {
    kind: 'posted',
    id: { epoch: String(row[`${prefix}epoch`]), seq },
    room,
    at: Number(row[`${prefix}at`]),
    author: {
      name: String(row[`${prefix}name`]) as Name,
      tag: String(row[`${prefix}tag`]),
      verified: row[`${prefix}verified`] === 1,
    },
    text: String(row[`${prefix}text`]),
    ...(editedAt === null ? {} : { editedAt: Number(editedAt) }),
    kept: true,
  }
}

function readEdited(room: Slug, row: Row): Edited {
  return {
    kind: 'edited',
    ...readCommonFields(room, row),
    message: readPosted(room, row, 'm_', Number(row.of)),
  }
}

function readDeleted(room: Slug, row: Row): Deleted {
  return { kind: 'deleted', ...readCommonFields(room, row), of: readTargetId(row) }
}

function readTargetId(row: Row): EventId {
  return { epoch: String(row.of_epoch), seq: Number(row.of) }
}

function readCommonFields(room: Slug, row: Row) {
  return { id: { epoch: String(row.epoch), seq: Number(row.seq) }, room, at: Number(row.at) }
}

function optionalText(value: unknown): string | undefined {
  // A file of another version may lack the column.
  return value == null ? undefined : String(value)
}

function readOrigins(value: unknown): Origins | undefined {
  const text = optionalText(value)
  return text === undefined ? undefined : parseOrigins(text)
}

function optionalNumber(value: unknown): number | undefined {
  if (value === null) return undefined
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new Error(`${value} is out of range`)
  return number
}
