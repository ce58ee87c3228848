import type { DatabaseSync } from 'node:sqlite'
import type { Operation, Outcome } from './operation.ts'
import type { DatabaseWriter } from './write.ts'

/** SQLite's result codes: https://sqlite.org/rescode.html */
const SQLITE_BUSY = 5
const SQLITE_FULL = 13
/** Extended ones, for which a full disk is the common reason: writing, syncing, truncating, growing the shared memory. */
const FULL_DISK: ReadonlySet<number> = new Set([778, 1034, 1546, 4618, 4874])

/** One transaction for all: each is done or none is, and what is answered as done has reached the disk. */
export function commit(
  database: DatabaseSync,
  writing: DatabaseWriter,
  operations: readonly Operation[],
): Outcome[] {
  try {
    database.exec('BEGIN IMMEDIATE')
    const outcomes = operations.map((operation) => writing.apply(operation))
    database.exec('COMMIT')
    return outcomes
  } catch (error) {
    rollBack(database)
    const outcome = toOutcome(error)
    return operations.map(() => outcome)
  }
}

function rollBack(database: DatabaseSync): void {
  // SQLite has rolled back by itself after some errors; what does not run any more can't be rolled back.
  if (database.isTransaction) database.exec('ROLLBACK')
}

function toOutcome(error: unknown): Outcome {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0
  if ((code & 0xff) === SQLITE_FULL || FULL_DISK.has(code)) return { kind: 'rejected', rejection: 'full' }
  if ((code & 0xff) === SQLITE_BUSY) return { kind: 'rejected', rejection: 'busy' }
  return { kind: 'failed', message: error instanceof Error ? error.message : String(error) }
}
