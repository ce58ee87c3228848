import type { DatabaseSync } from 'node:sqlite'
import { isDiskError } from './disk/disk-error.ts'
import type { OperationResult } from './operation.ts'
import { type PreparedStatements, prepareStatements } from './prepared-statements.ts'
import type { Row } from './rows.ts'

/** Rows that are deleted between two looks at the clock. */
const SLICE_ROWS = 100

/** How long one step goes on deleting. A post may wait for it. */
const STEP_MS = 4

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

type Swept = Extract<OperationResult, { kind: 'swept' }>

/** Deletes expired rows in bounded steps. */
export class RowSweeper {
  readonly #sliceRows: number
  readonly #statements: PreparedStatements<typeof SQL>

  /** @param sliceRows the rows that are deleted between two looks at the clock */
  constructor(database: DatabaseSync, sliceRows = SLICE_ROWS) {
    this.#sliceRows = sliceRows
    this.#statements = prepareStatements(database, SQL)
    for (const name of ['findRoomsWithRetention', 'findRoomsWithSurplus', 'findFirstKept'] as const)
      this.#statements[name].setReadBigInts(true)
  }

  /** @param now milliseconds since 1970 */
  step(now: number): Swept {
    const end = performance.now() + STEP_MS
    let swept = this.#slice(now)
    while (swept.more && performance.now() < end) {
      const next = this.#slice(now)
      swept = { ...next, deleted: swept.deleted + next.deleted }
    }
    return swept
  }

  #slice(now: number): Swept {
    let left = this.#sliceRows
    let problem: string | undefined
    // A room whose rows can't be read must not keep other rooms' messages beyond their time.
    const sweepEach = (rooms: readonly Row[], sweepRoom: (id: number, room: Row) => number) => {
      for (const room of rooms) {
        try {
          left -= sweepRoom(Number(room.id), room)
        } catch (error) {
          if (isDiskError(error)) throw error
          problem ??= `Room number ${room.id} can’t be swept: ${error instanceof Error ? error.message : error}`
        }
      }
    }
    left -= Number(this.#statements.deleteExpiredKeys.run(now, left).changes)
    sweepEach(this.#statements.findDeletedRooms.all(), (id) => this.#emptyRoom(id, left))
    sweepEach(this.#statements.findRoomsWithRetention.all(), (id, { retention }) =>
      this.#countDeleted(id, this.#statements.deleteExpiredEvents.all(id, now - Number(retention), left)),
    )
    sweepEach(this.#statements.findRoomsWithSurplus.all(), (id, { surplus }) => {
      const first = this.#statements.findFirstKept.get(id, Math.min(Number(surplus), this.#sliceRows))
      return this.#countDeleted(
        id,
        this.#statements.deleteEventsBefore.all(id, Number(first?.seq ?? 0), left),
      )
    })
    if (left > 0) this.#statements.deleteRooms.run(now)
    return { kind: 'swept', deleted: this.#sliceRows - left, more: left === 0, ...(problem && { problem }) }
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
