import type { DatabaseSync } from 'node:sqlite'
import type { Outcome } from './operation.ts'
import { type PreparedStatements, prepareStatements } from './prepared-statements.ts'
import type { Row } from './rows.ts'

/** Rows that one step deletes at most: posts that wait for it wait for some milliseconds. */
const STEP_ROWS = 500

const SQL = {
  keys: 'DELETE FROM keys WHERE (room, author, key) IN (SELECT room, author, key FROM keys WHERE until <= ? LIMIT ?)',
  closed: `SELECT id FROM rooms WHERE owner IS NULL AND (
    EXISTS (SELECT 1 FROM events WHERE room = rooms.id) OR EXISTS (SELECT 1 FROM keys WHERE room = rooms.id))`,
  allEvents:
    'DELETE FROM events WHERE room = ?1 AND seq IN (SELECT seq FROM events WHERE room = ?1 ORDER BY seq LIMIT ?2)',
  allKeys:
    'DELETE FROM keys WHERE (room, author, key) IN (SELECT room, author, key FROM keys WHERE room = ? LIMIT ?)',
  timed: 'SELECT id, retention FROM rooms WHERE owner IS NOT NULL AND retention IS NOT NULL',
  old: `DELETE FROM events WHERE room = ?1 AND seq IN (
    SELECT seq FROM events WHERE room = ?1 AND at <= ?2 LIMIT ?3) RETURNING kind`,
  counted: 'SELECT id, messages - keep AS surplus FROM rooms WHERE owner IS NOT NULL AND messages > keep',
  firstKept: "SELECT seq FROM events WHERE room = ? AND kind = 'posted' ORDER BY seq LIMIT 1 OFFSET ?",
  before: `DELETE FROM events WHERE room = ?1 AND seq IN (
    SELECT seq FROM events WHERE room = ?1 AND seq < ?2 ORDER BY seq LIMIT ?3) RETURNING kind`,
  count: 'UPDATE rooms SET messages = messages - ? WHERE id = ?',
  rooms: `DELETE FROM rooms WHERE reserved_until <= ? AND owner IS NULL
    AND NOT EXISTS (SELECT 1 FROM events WHERE room = rooms.id)
    AND NOT EXISTS (SELECT 1 FROM keys WHERE room = rooms.id)`,
} as const

/** Deletes what is over, in bounded steps. */
export class RowSweeper {
  readonly #statements: PreparedStatements<typeof SQL>

  constructor(database: DatabaseSync) {
    this.#statements = prepareStatements(database, SQL)
  }

  /** @param now milliseconds since 1970 */
  step(now: number): Outcome {
    let left = STEP_ROWS
    left -= Number(this.#statements.keys.run(now, left).changes)
    for (const { id } of this.#statements.closed.all()) left -= this.#emptyRoom(Number(id), left)
    for (const { id, retention } of this.#statements.timed.all()) {
      left -= this.#countDeleted(
        Number(id),
        this.#statements.old.all(Number(id), now - Number(retention), left),
      )
    }
    for (const { id, surplus } of this.#statements.counted.all()) {
      const first = this.#statements.firstKept.get(Number(id), Math.min(Number(surplus), STEP_ROWS))
      left -= this.#countDeleted(
        Number(id),
        this.#statements.before.all(Number(id), Number(first?.seq ?? 0), left),
      )
    }
    if (left > 0) this.#statements.rooms.run(now)
    return { kind: 'swept', deleted: STEP_ROWS - left, more: left === 0 }
  }

  #emptyRoom(room: number, limit: number): number {
    const events = Number(this.#statements.allEvents.run(room, limit).changes)
    return events + Number(this.#statements.allKeys.run(room, limit - events).changes)
  }

  #countDeleted(room: number, rows: readonly Row[]): number {
    const messages = rows.filter(({ kind }) => kind === 'posted').length
    if (messages > 0) this.#statements.count.run(messages, room)
    return rows.length
  }
}
