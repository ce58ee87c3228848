import { formatOrigins, type Origins, parseOrigins } from '../chat/embedding.ts'
import {
  EVENT_KINDS,
  type EventId,
  type EventKind,
  epochTime,
  formatId,
  isContinuable,
  isEventKind,
  parseCursor,
} from '../chat/event.ts'
import { formatRetention, parseListed, parseSettings, type Settings } from '../chat/kept-room.ts'
import { parseDraft } from '../chat/message.ts'
import { parseStoredName } from '../chat/names/name.ts'
import { Refusal } from '../chat/refusal.ts'
import { parseSlug, type Slug } from '../chat/room.ts'

/** The version of the export format, which the first line names. */
const VERSION = 1

/**
 * The longest line that an import reads, in UTF-16 code units. 4 KiB of text take 24 KiB if another program escapes
 * each character.
 */
export const LINE_MAX = 65_536

/** The highest seq and the latest epoch of an import. Ids that follow stay readable however long the room is used. */
const SEQ_MAX = 1_000_000_000_000
const EPOCH_TIME_MAX = Date.UTC(3000, 0)

/** What an export contains besides the content that everybody in the room can see. */
export interface ExportOptions {
  /** Whether it contains digests of the owner's link and of each author. They can't be turned back. */
  readonly digests: boolean
}

/** The first line of an export: the room. */
export interface ExportHeader {
  readonly slug: Slug
  readonly settings: Settings
  /** The origins that may embed the room. The secret that they sign names with is never exported. */
  readonly origins: Origins | undefined
  /** The seq of the newest event. */
  readonly seq: number
  /** The digest that proves the owner's link. */
  readonly owner: string | undefined
}

/** One event as it is stored: an edited event only points to its message. */
export interface ExportRecord {
  readonly kind: EventKind
  readonly id: EventId
  /** Milliseconds since 1970. */
  readonly at: number
  /** The message that was edited or deleted. */
  readonly of: EventId | undefined
  readonly posted:
    | {
        /** The digest of the author. */
        readonly by: string | undefined
        readonly name: string
        readonly tag: string
        readonly verified: boolean
        readonly text: string
        readonly editedAt: number | undefined
      }
    | undefined
}

/** @returns one line, with its line break */
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

/** @returns one line, with its line break */
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
  if (typeof room !== 'string' || parseSlug(room) !== room)
    throw invalidExport('The name of the room is not valid.')
  return {
    slug: room as Slug,
    settings: { ...parseSettings({ retention, keep }), listed: parseListed(listed) },
    origins: origins === undefined ? undefined : parseOrigins(String(origins)),
    seq: parseSeq(seq),
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
  if (typeof name !== 'string' || parseStoredName(name) !== name)
    throw invalidExport('The name is not valid.')
  if (typeof verified !== 'boolean') throw invalidExport('The field verified must be true or false.')
  if (typeof text !== 'string' || parseDraft({ text }).text !== text)
    throw invalidExport('The text is not valid.')
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
    // Invalid JSON is rejected below.
  }
  throw invalidExport('This is not a JSON object.')
}

function parseIdField(value: unknown, field: string): EventId {
  const id = typeof value === 'string' ? parseCursor(value) : undefined
  if (!id || id.seq === 0 || !isContinuable(id))
    throw invalidExport(`The field ${field} must be the id of an event.`)
  if (id.seq > SEQ_MAX || epochTime(id.epoch) > EPOCH_TIME_MAX)
    throw invalidExport(`The field ${field} has a number that is too high: few could follow it.`)
  return id
}

function parseTime(value: unknown, field: string): number {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
  // The message of an earlier time would count as expired.
  if (Number.isNaN(ms) || ms <= 0 || formatTime(ms) !== value)
    throw invalidExport(`The field ${field} must be a time in the format that Snug writes.`)
  return ms
}

function parseSeq(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw invalidExport('The field seq must be a whole number.')
  if (value > SEQ_MAX) throw invalidExport('The field seq is too high: few events could follow it.')
  return value
}

function parseMatching(value: unknown, pattern: RegExp, field: string): string {
  if (typeof value !== 'string' || !pattern.test(value))
    throw invalidExport(`The field ${field} is not in the format that Snug writes.`)
  return value
}

function invalidExport(sentence: string): Refusal {
  return new Refusal('invalid', sentence)
}
