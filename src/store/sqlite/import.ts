import type { DatabaseSync } from 'node:sqlite'
import { formatOrigins } from '../../chat/embedding.ts'
import { epochTime } from '../../chat/event.ts'
import type { ExportHeader, ExportRecord } from '../export-format.ts'
import {
  alreadyExists,
  type ImportResult,
  type ImportSummary,
  type ImportTarget,
  readExport,
} from '../read-export.ts'
import { epochAfter } from './epochs.ts'
import { type PreparedStatements, prepareStatements } from './prepared-statements.ts'

const SQL = {
  findRoom: 'SELECT id, owner FROM rooms WHERE slug = ?',
  releaseSlug: "UPDATE rooms SET slug = '/' || id, reserved_until = 0 WHERE id = ?",
  insertRoom: `INSERT INTO rooms (slug, epoch, seq, messages, retention, keep, listed, owner, embed_origins)
    VALUES (?, '0', ?, 0, ?, ?, ?, ?, ?)`,
  insertEvent: `INSERT INTO events
    (room, seq, epoch, kind, at, of, of_epoch, author, name, tag, verified, text, edited_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  // As the writer does. Exports of earlier versions have several edits of a message.
  deleteOlderEdits: "DELETE FROM events INDEXED BY events_of WHERE room = ? AND of = ? AND kind = 'edited'",
  finishRoom: 'UPDATE rooms SET epoch = ?, messages = ? WHERE id = ?',
} as const

/**
 * Imports a room completely or not at all. The room begins a new epoch, because readers may hold ids of events that
 * followed the export. It may replace a deleted room whose slug is still reserved: that is what exports are for.
 * @param now milliseconds since 1970
 * @param owner the digest of an owner's link, for an export without one
 * @returns the room, or one line per problem
 */
export async function importRoom(
  database: DatabaseSync,
  lines: AsyncIterable<string>,
  { now, owner }: { readonly now: number; readonly owner: string },
): Promise<ImportResult | { readonly problems: readonly string[] }> {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = await readExport(lines, new SqliteImport(database, now, owner), now)
    if ('slug' in result) database.exec('COMMIT')
    return result
  } finally {
    if (database.isTransaction) database.exec('ROLLBACK')
  }
}

class SqliteImport implements ImportTarget {
  readonly #statements: PreparedStatements<typeof SQL>
  readonly #now: number
  readonly #owner: string
  #room = 0

  constructor(database: DatabaseSync, now: number, owner: string) {
    this.#now = now
    this.#owner = owner
    this.#statements = prepareStatements(database, SQL)
  }

  begin({ slug, settings, origins, seq, owner }: ExportHeader): void {
    const existing = this.#statements.findRoom.get(slug)
    if (existing?.owner) throw alreadyExists(slug)
    if (existing) this.#statements.releaseSlug.run(Number(existing.id))
    const { retention, keep, listed } = settings
    const { lastInsertRowid } = this.#statements.insertRoom.run(
      slug,
      seq,
      retention ?? null,
      keep ?? null,
      listed ? 1 : 0,
      owner ?? this.#owner,
      origins ? formatOrigins(origins) : null,
    )
    this.#room = Number(lastInsertRowid)
  }

  add({ kind, id, at, of, posted }: ExportRecord): void {
    if (kind === 'edited' && of) this.#statements.deleteOlderEdits.run(this.#room, of.seq)
    const pointer = [of?.seq ?? null, of?.epoch ?? null]
    const message = posted
      ? [
          posted.by ?? null,
          posted.name,
          posted.tag,
          posted.verified ? 1 : 0,
          posted.text,
          posted.editedAt ?? null,
        ]
      : [null, null, null, null, null, null]
    this.#statements.insertEvent.run(this.#room, id.seq, id.epoch, kind, at, ...pointer, ...message)
  }

  finish({ messages, epochs }: ImportSummary): void {
    const newest = [...epochs.keys()].reduce((a, b) => (epochTime(b) > epochTime(a) ? b : a), '0')
    this.#statements.finishRoom.run(epochAfter(newest, this.#now), messages, this.#room)
  }
}
