import type { DatabaseSync } from 'node:sqlite'
import { epochAt, epochTime } from '../../chat/event.ts'
import { COPY_ID, readPragma, SNUG_ID } from './schema.ts'

/**
 * Where the database is a copy that was put in place, each room goes on in a new epoch: readers may hold ids of events
 * that came after the copy was made, and no event to come may have one of these.
 * @returns whether it was one
 */
export function beginEpochs(database: DatabaseSync, now: number): boolean {
  if (readPragma(database, 'application_id') !== COPY_ID) return false
  const begin = database.prepare('UPDATE rooms SET epoch = ? WHERE id = ?')
  database.exec('BEGIN IMMEDIATE')
  for (const { id, epoch } of database.prepare('SELECT id, epoch FROM rooms').all())
    begin.run(epochAfter(String(epoch), now), Number(id))
  database.exec(`PRAGMA application_id = ${SNUG_ID}; COMMIT`)
  return true
}

/** An epoch that begins now, and after another, whatever the clock says. */
export function epochAfter(epoch: string, now: number): string {
  return epochAt(Math.max(now, epochTime(epoch) + 1))
}
