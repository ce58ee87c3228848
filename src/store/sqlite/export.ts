import type { Slug } from '../../chat/room.ts'
import { type ExportOptions, formatHeader, formatRecord } from '../export-format.ts'
import { assertOwnWal, openForReading } from './open-database.ts'
import { DatabaseReader } from './read.ts'
import { readRecord, readRoom } from './rows.ts'

/** Events read at once: some hundred kilobytes at most. */
const BATCH_SIZE = 100

/**
 * Exports a room as JSON lines: the room, then its events, oldest first. Each chunk has up to a hundred lines.
 * @param now milliseconds since 1970; messages that have expired by then are left out
 * @returns nothing if there is no such room
 */
export function* exportLines(
  reader: DatabaseReader,
  slug: Slug,
  now: number,
  options: ExportOptions,
): Generator<string, void, void> {
  const row = reader.room(slug)
  const room = row && readRoom(row)
  if (room?.owner === undefined) return
  const { room: settings, publishedSeq: seq, owner, embedding } = room
  yield formatHeader({ slug, settings, origins: embedding.origins, seq, owner }, options)
  const since = room.room.retention === undefined ? 0 : now - room.room.retention
  const scope = { id: room.id, slug, since }
  for (let after = 0; after < room.publishedSeq; ) {
    // Changes made in the meantime have a higher seq and are left out.
    const rows = reader.eventRows(scope, after, room.publishedSeq, BATCH_SIZE)
    yield rows.map((row) => formatRecord(readRecord(slug, row), options)).join('')
    after = rows.length < BATCH_SIZE ? room.publishedSeq : Number(rows.at(-1)?.seq)
  }
}

/**
 * Exports a whole room, with digests, from one snapshot of a database that a server may be writing to.
 * @throws UnusableDatabase
 */
export function* exportFromDatabase(path: string, slug: Slug, now: number): Generator<string, void, void> {
  assertOwnWal(path)
  const database = openForReading(path)
  try {
    database.exec('BEGIN')
    yield* exportLines(new DatabaseReader(database), slug, now, { digests: true })
  } finally {
    database.close()
  }
}
