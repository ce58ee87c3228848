import type { DatabaseSync } from 'node:sqlite'
import type { Outcome } from './operation.ts'
import { type Prepared, prepared } from './prepared.ts'
import type { Row } from './rows.ts'

/** Rows that one step deletes at most: posts that wait for it wait for some milliseconds. */
const STEP = 500

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
export class Sweeping {
  readonly #run: Prepared<typeof SQL>

  constructor(database: DatabaseSync) {
    this.#run = prepared(database, SQL)
  }

  /** @param now milliseconds since 1970 */
  step(now: number): Outcome {
    let left = STEP
    left -= Number(this.#run.keys.run(now, left).changes)
    for (const { id } of this.#run.closed.all()) left -= this.#empty(Number(id), left)
    for (const { id, retention } of this.#run.timed.all()) {
      left -= this.#delete(Number(id), this.#run.old.all(Number(id), now - Number(retention), left))
    }
    for (const { id, surplus } of this.#run.counted.all()) {
      const first = this.#run.firstKept.get(Number(id), Math.min(Number(surplus), STEP))
      left -= this.#delete(Number(id), this.#run.before.all(Number(id), Number(first?.seq ?? 0), left))
    }
    if (left > 0) this.#run.rooms.run(now)
    return { kind: 'swept', deleted: STEP - left, more: left === 0 }
  }

  #empty(room: number, limit: number): number {
    const events = Number(this.#run.allEvents.run(room, limit).changes)
    return events + Number(this.#run.allKeys.run(room, limit - events).changes)
  }

  #delete(room: number, rows: readonly Row[]): number {
    const messages = rows.filter(({ kind }) => kind === 'posted').length
    if (messages > 0) this.#run.count.run(messages, room)
    return rows.length
  }
}
