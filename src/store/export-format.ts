import { formatOrigins, type Origins, parseOrigins } from '../chat/embedding.ts'
import {
  EVENT_KINDS,
  type EventId,
  type EventKind,
  formatId,
  isEventKind,
  parseCursor,
} from '../chat/event.ts'
import { formatRetention, parseListed, parseSettings, type Settings } from '../chat/kept-room.ts'
import { parseDraft } from '../chat/message.ts'
import { parseName } from '../chat/names/name.ts'
import { Refusal } from '../chat/refusal.ts'
import { parseSlug, type Slug } from '../chat/room.ts'

/** The version of an export, in its first line. */
const VERSION = 1

/** What an export tells besides what everybody in the room can see. */
export interface ExportOptions {
  /** Who proves to be the owner, and which messages are of one member: digests that nobody can turn back. */
  readonly digests: boolean
}

export interface ExportHeader {
  readonly slug: Slug
  readonly settings: Settings
  /** The pages that may show the room; by which secret they name people is never told. */
  readonly origins: Origins | undefined
  /** The number of the newest event. */
  readonly seq: number
  readonly owner: string | undefined
}

/** One event as it is stored: an edited one only points to its message. */
export interface ExportRecord {
  readonly kind: EventKind
  readonly id: EventId
  readonly at: number
  readonly of: EventId | undefined
  readonly posted:
    | {
        readonly by: string | undefined
        readonly name: string
        readonly tag: string
        readonly verified: boolean
        readonly text: string
        readonly editedAt: number | undefined
      }
    | undefined
}

export function formatHeader(
  { slug, settings, origins, seq, owner }: ExportHeader,
  { digests }: ExportOptions,
): string {
  return jsonLine({
    snug: VERSION,
    room: slug,
    retention: formatRetention(settings.retention),
    keep: settings.keep ?? null,
    listed: settings.listed,
    ...(origins && { origins: formatOrigins(origins) }),
    seq,
    ...(digests && { owner }),
  })
}

export function formatRecord({ kind, id, at, of, posted }: ExportRecord, { digests }: ExportOptions): string {
  const head = { id: formatId(id), kind, at: formatTime(at) }
  if (!posted) return jsonLine({ ...head, of: of && formatId(of) })
  const { by, name, tag, verified, text, editedAt } = posted
  return jsonLine({
    ...head,
    author: { name, tag, verified },
    text,
    ...(editedAt !== undefined && { editedAt: formatTime(editedAt) }),
    ...(digests && by !== undefined && { by }),
  })
}

/** @throws Refusal `invalid` */
export function parseHeader(text: string): ExportHeader {
  const { snug, room, retention, keep, listed, origins, seq, owner } = parseObject(text)
  if (snug === undefined) throw invalidExport('This is not a room that Snug exported.')
  if (snug !== VERSION) throw invalidExport('This was exported by another version of Snug.')
  if (typeof room !== 'string' || parseSlug(room) !== room) throw invalidExport('The room has no valid name.')
  return {
    slug: room as Slug,
    settings: { ...parseSettings({ retention, keep }), listed: parseListed(listed) },
    origins: origins === undefined ? undefined : parseOrigins(String(origins)),
    seq: parseCount(seq, 'seq'),
    owner: owner === undefined ? undefined : parseMatching(owner, /^[\w-]{1,64}$/, 'owner'),
  }
}

/** @throws Refusal `invalid` */
export function parseRecord(text: string): ExportRecord {
  const { id, kind, at, of, ...rest } = parseObject(text)
  const head = { id: parseIdField(id, 'id'), at: parseTime(at, 'at') }
  if (!isEventKind(kind)) throw invalidExport(`The kind must be one of ${EVENT_KINDS.join(', ')}.`)
  switch (kind) {
    case 'posted':
      return { kind, ...head, of: undefined, posted: parsePosted(rest) }
    case 'edited':
    case 'deleted':
      return { kind, ...head, of: parseIdField(of, 'of'), posted: undefined }
  }
}

function parsePosted({ author, text, editedAt, by }: Record<string, unknown>): ExportRecord['posted'] {
  if (typeof author !== 'object' || author === null) throw invalidExport('The author is missing.')
  const { name, tag, verified }: Record<string, unknown> = { ...author }
  if (typeof name !== 'string' || parseName(name) !== name) throw invalidExport('This is not a valid name.')
  if (typeof verified !== 'boolean') throw invalidExport('The field verified must be true or false.')
  if (typeof text !== 'string' || parseDraft({ text }).text !== text)
    throw invalidExport('This is not a valid text.')
  return {
    by: by === undefined ? undefined : parseMatching(by, /^[\w-]{1,64}$/, 'by'),
    name,
    tag: parseMatching(tag, /^[a-z0-9]{1,16}$/, 'tag'),
    verified,
    text,
    editedAt: editedAt === undefined ? undefined : parseTime(editedAt, 'editedAt'),
  }
}

function jsonLine(fields: object): string {
  return `${JSON.stringify(fields)}\n`
}

function formatTime(ms: number): string {
  return new Date(ms).toISOString()
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed }
  } catch {
    // Said below.
  }
  throw invalidExport('This is not a JSON object.')
}

function parseIdField(value: unknown, field: string): EventId {
  const id = typeof value === 'string' ? parseCursor(value) : undefined
  if (!id || id.seq === 0) throw invalidExport(`The field ${field} must be the id of an event.`)
  return id
}

function parseTime(value: unknown, field: string): number {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
  if (Number.isNaN(ms) || formatTime(ms) !== value)
    throw invalidExport(`The field ${field} must be a time as Snug writes it.`)
  return ms
}

function parseCount(value: unknown, field: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw invalidExport(`The field ${field} must be a whole number.`)
  return value
}

function parseMatching(value: unknown, pattern: RegExp, field: string): string {
  if (typeof value !== 'string' || !pattern.test(value))
    throw invalidExport(`The field ${field} is not as Snug writes it.`)
  return value
}

function invalidExport(sentence: string): Refusal {
  return new Refusal('invalid', sentence)
}
