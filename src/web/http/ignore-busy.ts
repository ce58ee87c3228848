import { Refusal, type RefusalCode } from '../../chat/refusal.ts'

const RETRYABLE_CODES: ReadonlySet<RefusalCode> = new Set(['busy', 'too-many'])

/** For `.catch()`: undefined in place of something that is temporarily unavailable. */
export function ignoreBusy(thrown: unknown): undefined {
  if (!(thrown instanceof Refusal && RETRYABLE_CODES.has(thrown.code))) throw thrown
}
