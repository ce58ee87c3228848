import type { DatabaseSync } from 'node:sqlite'
import { type DiskTrouble, diskTroubleOf, isDiskError } from './disk/disk-error.ts'
import type { Operation, OperationResult } from './operation.ts'
import type { DatabaseWriter } from './write.ts'

/** SQLite's result code: https://sqlite.org/rescode.html */
const SQLITE_BUSY = 5

/** The results of a commit. */
export interface CommitResult {
  readonly results: OperationResult[]
  /** Why nothing was stored, or something was not, if the disk is the reason. */
  readonly trouble?: DiskTrouble
}

/**
 * Runs the operations in one transaction: all are stored, or none is. Only an operation that throws fails alone. Those
 * with the result `done` are on the disk.
 */
export function commit(
  database: DatabaseSync,
  writer: DatabaseWriter,
  operations: readonly Operation[],
): CommitResult {
  const committed = commitAll(database, writer, operations, (operation) => writer.apply(operation))
  const oneThrew = committed.results.some(({ kind }) => kind === 'failed')
  if (!oneThrew || operations.length === 1) return committed
  // Rare, so only the repeated transaction pays for savepoints.
  return commitAll(database, writer, operations, (operation) => applyAlone(database, writer, operation))
}

/** The results of operations that were not executed because the disk has this trouble. */
export function rejectAll(operations: readonly Operation[], trouble: DiskTrouble): CommitResult {
  return { results: operations.map(() => ({ kind: 'rejected', rejection: trouble.rejection })), trouble }
}

function commitAll(
  database: DatabaseSync,
  writer: DatabaseWriter,
  operations: readonly Operation[],
  apply: (operation: Operation) => OperationResult,
): CommitResult {
  try {
    database.exec('BEGIN IMMEDIATE')
    writer.begin()
    const results = operations.map(apply)
    database.exec('COMMIT')
    const { shortage } = writer
    return { results, ...(shortage && { trouble: { rejection: 'full', ...shortage } }) }
  } catch (error) {
    rollBack(database)
    const trouble = diskTroubleOf(error, database.location() ?? '')
    if (trouble) return rejectAll(operations, trouble)
    const result = toOperationResult(error)
    return { results: operations.map(() => result) }
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
    // After some errors SQLite has rolled back the transaction by itself.
    if (isDiskError(error) || !database.isTransaction) throw error
    database.exec('ROLLBACK TO operation; RELEASE operation')
    return toOperationResult(error)
  }
}

function rollBack(database: DatabaseSync): void {
  // After some errors SQLite has rolled back by itself.
  if (database.isTransaction) database.exec('ROLLBACK')
}

function toOperationResult(error: unknown): OperationResult {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0
  if ((code & 0xff) === SQLITE_BUSY) return { kind: 'rejected', rejection: 'busy' }
  return { kind: 'failed', message: error instanceof Error ? error.message : String(error) }
}
