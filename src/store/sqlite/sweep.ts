import type { DatabaseSync } from 'node:sqlite'
import type { OperationResult } from './operation.ts'
import { type PreparedStatements, prepareStatements } from './prepared-statements.ts'
import type { Row } from './rows.ts'

/** Rows that one step deletes at most. A post may wait some milliseconds for it. */
const STEP_ROWS = 500

const SQL = {
  deleteExpiredKeys:
    'DELETE FROM keys WHERE (room, author, key) IN (SELECT room, author, key FROM keys WHERE until <= ? LIMIT ?)',
  findDeletedRooms: `SELECT id FROM rooms WHERE owner IS NULL AND (
    EXISTS (SELECT 1 FROM events WHERE room = rooms.id) OR EXISTS (SELECT 1 FROM keys WHERE room = rooms.id))`,
  deleteEvents:
    'DELETE FROM events WHERE room = ?1 AND seq IN (SELECT seq FROM events WHERE room = ?1 ORDER BY seq LIMIT ?2)',
  deleteKeys:
    'DELETE FROM keys WHERE (room, author, key) IN (SELECT room, author, key FROM keys WHERE room = ? LIMIT ?)',
  findRoomsWithRetention: 'SELECT id, retention FROM rooms WHERE owner IS NOT NULL AND retention IS NOT NULL',
  deleteExpiredEvents: `DELETE FROM events WHERE room = ?1 AND seq IN (
    SELECT seq FROM events WHERE room = ?1 AND at <= ?2 LIMIT ?3) RETURNING kind`,
  findRoomsWithSurplus:
    'SELECT id, messages - keep AS surplus FROM rooms WHERE owner IS NOT NULL AND messages > keep',
  findFirstKept: "SELECT seq FROM events WHERE room = ? AND kind = 'posted' ORDER BY seq LIMIT 1 OFFSET ?",
  deleteEventsBefore: `DELETE FROM events WHERE room = ?1 AND seq IN (
    SELECT seq FROM events WHERE room = ?1 AND seq < ?2 ORDER BY seq LIMIT ?3) RETURNING kind`,
  subtractMessages: 'UPDATE rooms SET messages = messages - ? WHERE id = ?',
  deleteRooms: `DELETE FROM rooms WHERE reserved_until <= ? AND owner IS NULL
    AND NOT EXISTS (SELECT 1 FROM events WHERE room = rooms.id)
    AND NOT EXISTS (SELECT 1 FROM keys WHERE room = rooms.id)`,
} as const

/** Deletes expired rows in bounded steps. */
export class RowSweeper {
  readonly #statements: PreparedStatements<typeof SQL>

  constructor(database: DatabaseSync) {
    this.#statements = prepareStatements(database, SQL)
  }

  /** @param now milliseconds since 1970 */
  step(now: number): OperationResult {
    let left = STEP_ROWS
    left -= Number(this.#statements.deleteExpiredKeys.run(now, left).changes)
    for (const { id } of this.#statements.findDeletedRooms.all()) left -= this.#emptyRoom(Number(id), left)
    for (const { id, retention } of this.#statements.findRoomsWithRetention.all()) {
      left -= this.#countDeleted(
        Number(id),
        this.#statements.deleteExpiredEvents.all(Number(id), now - Number(retention), left),
      )
    }
    for (const { id, surplus } of this.#statements.findRoomsWithSurplus.all()) {
      const first = this.#statements.findFirstKept.get(Number(id), Math.min(Number(surplus), STEP_ROWS))
      left -= this.#countDeleted(
        Number(id),
        this.#statements.deleteEventsBefore.all(Number(id), Number(first?.seq ?? 0), left),
      )
    }
    if (left > 0) this.#statements.deleteRooms.run(now)
    return { kind: 'swept', deleted: STEP_ROWS - left, more: left === 0 }
  }

  #emptyRoom(room: number, limit: number): number {
    const events = Number(this.#statements.deleteEvents.run(room, limit).changes)
    return events + Number(this.#statements.deleteKeys.run(room, limit - events).changes)
  }

  #countDeleted(room: number, rows: readonly Row[]): number {
    const messages = rows.filter(({ kind }) => kind === 'posted').length
    if (messages > 0) this.#statements.subtractMessages.run(messages, room)
    return rows.length
  }
}
