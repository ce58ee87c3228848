import type { Slug } from '../../chat/room.ts'
import { type ExportOptions, formatHeader, formatRecord } from '../export-format.ts'
import { assertOwnWal, openForReading } from './open-database.ts'
import { DatabaseReader } from './read.ts'
import { readRecord, readRoom } from './rows.ts'

/** Events that are read at once: some hundred kilobytes at most. */
const BATCH_SIZE = 100

/**
 * A room as JSON lines: first the room, then its events, oldest first; some hundred at a time.
 * @param now milliseconds since 1970: what is over by then is left out
 * @returns nothing where there is no such room
 */
export function* exportLines(
  reading: DatabaseReader,
  slug: Slug,
  now: number,
  telling: ExportOptions,
): Generator<string, void, void> {
  const row = reading.room(slug)
  const room = row && readRoom(row)
  if (room?.owner === undefined) return
  const { room: settings, publishedSeq: seq, owner, embedding } = room
  yield formatHeader({ slug, settings, origins: embedding.origins, seq, owner }, telling)
  const since = room.room.retention === undefined ? 0 : now - room.room.retention
  const at = { id: room.id, slug, since }
  for (let after = 0; after < room.publishedSeq; ) {
    // What is changed meanwhile has an event above, which is left out.
    const rows = reading.eventRows(at, after, room.publishedSeq, BATCH_SIZE)
    yield rows.map((row) => formatRecord(readRecord(slug, row), telling)).join('')
    after = rows.length < BATCH_SIZE ? room.publishedSeq : Number(rows.at(-1)?.seq)
  }
}

/**
 * The whole of a room in a database that a server may be writing to, from one moment.
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
