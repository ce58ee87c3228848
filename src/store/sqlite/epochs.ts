import type { DatabaseSync } from 'node:sqlite'
import { epochAt, epochTime, isContinuable } from '../../chat/event.ts'
import { COPY_ID, readPragma, SNUG_ID } from './schema.ts'

/**
 * Begins a new epoch in each room if the database is a restored copy. Readers may hold ids of events that followed the
 * copy, and no future event may have one of those ids.
 * @param now milliseconds since 1970
 * @returns whether the database was a copy
 */
export function beginEpochs(database: DatabaseSync, now: number): boolean {
  if (readPragma(database, 'application_id') !== COPY_ID) return false
  const setEpoch = database.prepare('UPDATE rooms SET epoch = ? WHERE id = ?')
  database.exec('BEGIN IMMEDIATE')
  // A room with a damaged epoch stays as it is, and is closed.
  for (const { id, epoch } of database.prepare('SELECT id, epoch FROM rooms').all())
    if (isContinuable({ epoch: String(epoch), seq: 0 }))
      setEpoch.run(epochAfter(String(epoch), now), Number(id))
  database.exec(`PRAGMA application_id = ${SNUG_ID}; COMMIT`)
  return true
}

/** A new epoch. It is later than the given one, even if the clock was set back. Nothing is later than a damaged one. */
export function epochAfter(epoch: string, now: number): string {
  if (!isContinuable({ epoch, seq: 0 })) return epochAt(now)
  return epochAt(Math.max(now, epochTime(epoch) + 1))
}
