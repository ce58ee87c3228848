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
  room: 'SELECT id, owner FROM rooms WHERE slug = ?',
  release: "UPDATE rooms SET slug = '/' || id, reserved_until = 0 WHERE id = ?",
  create: `INSERT INTO rooms (slug, epoch, seq, messages, retention, keep, listed, owner, embed_origins)
    VALUES (?, '0', ?, 0, ?, ?, ?, ?, ?)`,
  event: `INSERT INTO events
    (room, seq, epoch, kind, at, of, of_epoch, author, name, tag, verified, text, edited_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  finish: 'UPDATE rooms SET epoch = ?, messages = ? WHERE id = ?',
} as const

/**
 * Brings an exported room back, whole or not at all. It goes on in a new epoch, for readers may hold ids of what came
 * after the export; over the reservation of a deleted room too, which is what exports are for.
 * @param owner proves the owner's link where the export does not
 * @returns or one line per problem
 */
export async function importRoom(
  database: DatabaseSync,
  lines: AsyncIterable<string>,
  { now, owner }: { readonly now: number; readonly owner: string },
): Promise<ImportResult | { readonly problems: readonly string[] }> {
  database.exec('BEGIN IMMEDIATE')
  try {
    const outcome = await readExport(lines, new SqliteImport(database, now, owner))
    if ('slug' in outcome) database.exec('COMMIT')
    return outcome
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
    const there = this.#statements.room.get(slug)
    if (there?.owner) throw alreadyExists(slug)
    if (there) this.#statements.release.run(Number(there.id))
    const { retention, keep, listed } = settings
    const { lastInsertRowid } = this.#statements.create.run(
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
    this.#statements.event.run(this.#room, id.seq, id.epoch, kind, at, ...pointer, ...message)
  }

  finish({ messages, epochs }: ImportSummary): void {
    const newest = [...epochs.keys()].reduce((a, b) => (epochTime(b) > epochTime(a) ? b : a), '0')
    this.#statements.finish.run(epochAfter(newest, this.#now), messages, this.#room)
  }
}
