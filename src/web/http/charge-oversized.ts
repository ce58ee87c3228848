import type { Context, Next } from 'hono'
import type { Caller } from '../../chat/limits/rate-limit.ts'
import type { Limits } from '../../chat/ports/limits.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Env } from '../env.ts'

/**
 * For all routes of members: an oversized request counts as a post, because it was received and parsed. If the caller
 * has no posts left, the response is that refusal.
 */
export function chargeOversizedRequests(limits: Limits) {
  return async (c: Context<Env>, next: Next): Promise<void> => {
    await next()
    if (isOversized(c.error)) await limits.take('post', c.var)
  }
}

/**
 * The same for a route without that handler, in `.catch()`.
 * @throws Refusal `too-many` if the caller has no posts left; otherwise the given error
 */
export function chargeOversized(limits: Limits, caller: Caller): (thrown: unknown) => Promise<never> {
  return async (thrown) => {
    if (isOversized(thrown)) await limits.take('post', caller)
    throw thrown
  }
}

function isOversized(thrown: unknown): boolean {
  return thrown instanceof Refusal && thrown.oversized
}
