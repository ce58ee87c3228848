import type { DatabaseSync } from 'node:sqlite'
import { type PreparedStatements, prepareStatements } from './prepared-statements.ts'

/** A start after this long is usual: a server may be off for some days. */
const JUMP_MS = 7 * 86_400_000

/** How exact the recorded time is. Each record is a write to the disk. */
const RECORD_MS = 3_600_000

const SQL = {
  read: 'SELECT at FROM clock',
  create: 'INSERT INTO clock (id, at) VALUES (1, ?)',
  record: 'UPDATE clock SET at = ?',
  // What a sweep at the first time would leave, and one at the second time would delete.
  findDoomed: `SELECT 1 FROM rooms WHERE owner IS NOT NULL AND retention IS NOT NULL AND EXISTS (
    SELECT 1 FROM events WHERE room = rooms.id AND at > ?1 - rooms.retention AND at <= ?2 - rooms.retention) LIMIT 1`,
} as const

/** The time that decides which rows have expired. */
export interface ExpiryTime {
  /** Milliseconds since 1970. */
  readonly now: number
  /** The last time that was recorded, if the clock is so far ahead of it that messages are held. */
  readonly heldSince?: number
}

/**
 * Distrusts a clock that jumped ahead. The database records the time of its last sweep. If the clock is days later, and
 * a sweep would delete messages for that, then time goes on from the record, until the clock is right or accepted.
 */
export class KnownTime {
  readonly #statements: PreparedStatements<typeof SQL>
  // As of `elapsed`. Undefined: the record counts.
  #known: { readonly at: number; readonly elapsed: number } | undefined

  constructor(database: DatabaseSync) {
    this.#statements = prepareStatements(database, SQL)
  }

  /**
   * @param now the clock, in milliseconds since 1970
   * @param elapsed a clock that is never set, in milliseconds
   * @param isAccepted whether the operator confirmed the clock
   */
  resolve(now: number, elapsed: number, isAccepted: boolean): ExpiryTime {
    const recorded = this.#recorded()
    if (recorded === undefined) {
      this.#statements.create.run(now)
      return this.#trust(now, elapsed, now)
    }
    const known = this.#known ? this.#known.at + elapsed - this.#known.elapsed : recorded
    const isHeld =
      !isAccepted && now - known > JUMP_MS && this.#statements.findDoomed.get(known, now) !== undefined
    if (!isHeld) return this.#trust(now, elapsed, recorded)
    this.#known ??= { at: recorded, elapsed }
    this.#record(known, recorded)
    return { now: known, heldSince: recorded }
  }

  #trust(now: number, elapsed: number, recorded: number): ExpiryTime {
    this.#known = { at: now, elapsed }
    this.#record(now, recorded)
    return { now }
  }

  // Never back: a clock that is behind for a while must not make the right time look like a jump.
  #record(at: number, recorded: number): void {
    if (at - recorded >= RECORD_MS) this.#statements.record.run(at)
  }

  #recorded(): number | undefined {
    const row = this.#statements.read.get()
    return row && Number(row.at)
  }
}
