import type { Slug } from '../../chat/room.ts'
import { eventLine, headLine, type Telling } from '../export-format.ts'
import { assertOwnLog, openForReading } from './open-database.ts'
import { Reading } from './read.ts'
import { readLine, readRoom } from './rows.ts'

/** Events that are read at once: some hundred kilobytes at most. */
const STEP = 100

/**
 * A room as JSON lines: first the room, then its events, oldest first; some hundred at a time.
 * @param now milliseconds since 1970: what is over by then is left out
 * @returns nothing where there is no such room
 */
export function* exportLines(
  reading: Reading,
  slug: Slug,
  now: number,
  telling: Telling,
): Generator<string, void, void> {
  const row = reading.room(slug)
  const room = row && readRoom(row)
  if (room?.owner === undefined) return
  const { room: settings, carried: seq, owner, embedding } = room
  yield headLine({ slug, settings, origins: embedding.origins, seq, owner }, telling)
  const since = room.room.retention === undefined ? 0 : now - room.room.retention
  const at = { id: room.id, slug, since }
  for (let after = 0; after < room.carried; ) {
    // What is changed meanwhile has an event above, which is left out.
    const rows = reading.rows(at, after, room.carried, STEP)
    yield rows.map((row) => eventLine(readLine(slug, row), telling)).join('')
    after = rows.length < STEP ? room.carried : Number(rows.at(-1)?.seq)
  }
}

/**
 * The whole of a room in a database that a server may be writing to, from one moment.
 * @throws UnusableDatabase
 */
export function* exportFrom(path: string, slug: Slug, now: number): Generator<string, void, void> {
  assertOwnLog(path)
  const database = openForReading(path)
  try {
    database.exec('BEGIN')
    yield* exportLines(new Reading(database), slug, now, { digests: true })
  } finally {
    database.close()
  }
}
