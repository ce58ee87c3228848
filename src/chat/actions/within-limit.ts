import type { Caller, LimitedAction } from '../limits/rate-limit.ts'
import type { Limits } from '../ports/limits.ts'
import { Refusal, type RefusalCode } from '../refusal.ts'

/**
 * Refusals with these codes (422, 503 and 507) cost nothing, unless the input was oversized. All others do: a body that
 * is too large was read for nothing, and a free conflict would let a caller find out which names are taken.
 */
const REFUNDED_CODES: ReadonlySet<RefusalCode> = new Set(['invalid', 'busy', 'full'])

/**
 * Runs a limited action. Gives its cost back if it is refused with one of the codes above.
 * @throws Refusal `too-many` without calling `run`
 */
export async function withinLimit<Result>(
  limits: Limits,
  action: LimitedAction,
  caller: Pick<Caller, 'address'> & Partial<Caller>,
  run: () => Promise<Result>,
): Promise<Result> {
  const giveBack = await limits.take(action, caller)
  try {
    return await run()
  } catch (error) {
    if (error instanceof Refusal && REFUNDED_CODES.has(error.code) && !error.oversized) giveBack()
    throw error
  }
}
