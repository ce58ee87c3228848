import { Refusal, type RefusalCode } from '../../chat/refusal.ts'

const LATER: ReadonlySet<RefusalCode> = new Set(['busy', 'too-many'])

/** For a `catch`: undefined instead of what can't be had for the moment. */
export function unlessBusy(thrown: unknown): undefined {
  if (!(thrown instanceof Refusal && LATER.has(thrown.code))) throw thrown
}
