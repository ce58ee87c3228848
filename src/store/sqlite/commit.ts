import type { DatabaseSync } from 'node:sqlite'
import type { Operation, OperationResult } from './operation.ts'
import type { DatabaseWriter } from './write.ts'

/** SQLite's result codes: https://sqlite.org/rescode.html */
const SQLITE_BUSY = 5
const SQLITE_FULL = 13
/** Extended codes that usually mean a full disk: for writing, syncing, truncating and growing the shared memory. */
const FULL_DISK: ReadonlySet<number> = new Set([778, 1034, 1546, 4618, 4874])

/**
 * Runs the operations in one transaction: all are stored, or none is. Only an operation that throws fails alone. Those
 * with the result `done` are on the disk.
 */
export function commit(
  database: DatabaseSync,
  writer: DatabaseWriter,
  operations: readonly Operation[],
): OperationResult[] {
  const results = commitAll(database, writer, operations, (operation) => writer.apply(operation))
  const oneThrew = results.some(({ kind }) => kind === 'failed')
  if (!oneThrew || operations.length === 1) return results
  // Rare, so only the repeated transaction pays for savepoints.
  return commitAll(database, writer, operations, (operation) => applyAlone(database, writer, operation))
}

function commitAll(
  database: DatabaseSync,
  writer: DatabaseWriter,
  operations: readonly Operation[],
  apply: (operation: Operation) => OperationResult,
): OperationResult[] {
  try {
    database.exec('BEGIN IMMEDIATE')
    writer.begin()
    const results = operations.map(apply)
    database.exec('COMMIT')
    return results
  } catch (error) {
    rollBack(database)
    const result = toOperationResult(error)
    return operations.map(() => result)
  }
}

/** @throws what concerns the whole transaction, such as an error of the disk */
function applyAlone(database: DatabaseSync, writer: DatabaseWriter, operation: Operation): OperationResult {
  database.exec('SAVEPOINT operation')
  try {
    const result = writer.apply(operation)
    database.exec('RELEASE operation')
    return result
  } catch (error) {
    const result = toOperationResult(error)
    // After some errors SQLite has rolled back the transaction by itself.
    if (result.kind !== 'failed' || !database.isTransaction) throw error
    database.exec('ROLLBACK TO operation; RELEASE operation')
    return result
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
