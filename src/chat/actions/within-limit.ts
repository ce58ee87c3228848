import type { Limits } from '../ports/limits.ts'
import type { Caller, LimitedAction } from '../rate-limit.ts'
import { Refusal, type RefusalCode } from '../refusal.ts'

/**
 * What was refused so (422, 503 and 507) costs nothing. All else does: what is too large was read for nothing, and a
 * conflict tells who tries names which are taken.
 */
const REFUNDED_CODES: ReadonlySet<RefusalCode> = new Set(['invalid', 'busy', 'full'])

/**
 * Runs what is limited, and gives back what it cost when it is refused in a way that costs nothing.
 * @throws Refusal `too-many`, and then `run` did not run
 */
export async function withinLimit<Result>(
  limits: Limits,
  what: LimitedAction,
  who: Caller,
  run: () => Promise<Result>,
): Promise<Result> {
  const giveBack = await limits.take(what, who)
  try {
    return await run()
  } catch (error) {
    if (error instanceof Refusal && REFUNDED_CODES.has(error.code)) giveBack()
    throw error
  }
}
