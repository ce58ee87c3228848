import { Refusal, type RefusalCode } from '../../chat/refusal.ts'

const RETRYABLE_CODES: ReadonlySet<RefusalCode> = new Set(['busy', 'too-many'])

/** For a `catch`: undefined instead of what can't be had for the moment. */
export function ignoreBusy(thrown: unknown): undefined {
  if (!(thrown instanceof Refusal && RETRYABLE_CODES.has(thrown.code))) throw thrown
}
