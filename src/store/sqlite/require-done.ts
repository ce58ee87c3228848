import { rejected } from '../rejection.ts'
import type { Done, OperationResult } from './operation.ts'

/**
 * Unwraps the result of a write.
 * @throws Refusal if the write was rejected
 */
export function requireDone(result: OperationResult): Done {
  switch (result.kind) {
    case 'done':
      return result
    case 'rejected':
      throw rejected(result.rejection)
    case 'swept':
      throw new Error('A write had the result of a sweep')
    case 'tokens':
      throw new Error('A write had the result of a change of tokens')
    case 'tried':
      throw new Error('A write had the result of a trial of the disk')
    case 'failed':
      throw new Error(`The writer thread failed: ${result.message}`)
  }
}
