import type { DatabaseSync } from 'node:sqlite'
import type { Operation, OperationResult } from './operation.ts'
import type { DatabaseWriter } from './write.ts'

/** SQLite's result codes: https://sqlite.org/rescode.html */
const SQLITE_BUSY = 5
const SQLITE_FULL = 13
/** Extended codes that usually mean a full disk: for writing, syncing, truncating and growing the shared memory. */
const FULL_DISK: ReadonlySet<number> = new Set([778, 1034, 1546, 4618, 4874])

/**
 * Runs the operations in one transaction: all are stored, or none is. Those with the result `done` are on the disk.
 */
export function commit(
  database: DatabaseSync,
  writer: DatabaseWriter,
  operations: readonly Operation[],
): OperationResult[] {
  try {
    database.exec('BEGIN IMMEDIATE')
    writer.begin()
    const results = operations.map((operation) => writer.apply(operation))
    database.exec('COMMIT')
    return results
  } catch (error) {
    rollBack(database)
    const result = toOperationResult(error)
    return operations.map(() => result)
  }
}

function rollBack(database: DatabaseSync): void {
  // After some errors SQLite has rolled back by itself.
  if (database.isTransaction) database.exec('ROLLBACK')
}

function toOperationResult(error: unknown): OperationResult {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0
  if ((code & 0xff) === SQLITE_FULL || FULL_DISK.has(code)) return { kind: 'rejected', rejection: 'full' }
  if ((code & 0xff) === SQLITE_BUSY) return { kind: 'rejected', rejection: 'busy' }
  return { kind: 'failed', message: error instanceof Error ? error.message : String(error) }
}
