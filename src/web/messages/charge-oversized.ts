import type { Limits } from '../../chat/ports/limits.ts'
import type { Caller } from '../../chat/rate-limit.ts'
import { Refusal } from '../../chat/refusal.ts'

/**
 * For `.catch()` after `readForm`: a body that is too large counts as a post, because it was received and parsed.
 * @throws Refusal `too-many` if the caller has no posts left; otherwise the given error
 */
export function chargeOversized(limits: Limits, caller: Caller): (thrown: unknown) => Promise<never> {
  return async (thrown) => {
    if (thrown instanceof Refusal && thrown.code === 'too-large') await limits.take('post', caller)
    throw thrown
  }
}
