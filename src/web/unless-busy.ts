import { Refusal } from '../chat/refusal.ts'

/** For a `catch`: undefined instead of what can't be had for the moment. */
export function unlessBusy(thrown: unknown): undefined {
  if (!(thrown instanceof Refusal && thrown.code === 'busy')) throw thrown
}
