import type { DatabaseSync } from 'node:sqlite'
import type { Operation, Outcome } from './operation.ts'
import type { Writing } from './write.ts'

/** SQLite's result codes: https://sqlite.org/rescode.html#full */
const SQLITE_FULL = 13
const SQLITE_IOERR = 10
/** An extended code: writing failed, for which a full disk is the common reason. */
const SQLITE_IOERR_WRITE = 778

/** One transaction for all: each is done or none is, and what is answered as done has reached the disk. */
export function commit(
  database: DatabaseSync,
  writing: Writing,
  operations: readonly Operation[],
): Outcome[] {
  try {
    database.exec('BEGIN IMMEDIATE')
    const outcomes = operations.map((operation) => writing.do(operation))
    database.exec('COMMIT')
    return outcomes
  } catch (error) {
    rollBack(database)
    const outcome: Outcome = isFull(error)
      ? { kind: 'denied', denial: 'full' }
      : { kind: 'failed', message: error instanceof Error ? error.message : String(error) }
    return operations.map(() => outcome)
  }
}

function rollBack(database: DatabaseSync): void {
  // SQLite has rolled back by itself after some errors; what does not run any more can't be rolled back.
  if (database.isTransaction) database.exec('ROLLBACK')
}

function isFull(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error)) return false
  const code = Number(error.errcode)
  return (code & 0xff) === SQLITE_FULL || code === SQLITE_IOERR_WRITE || code === SQLITE_IOERR
}
