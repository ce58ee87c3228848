import type { Limits } from '../ports/limits.ts'
import type { Limited, Spender } from '../rate-limit.ts'
import { Refusal, type RefusalCode } from '../refusal.ts'

/**
 * What was refused so (422, 503 and 507) costs nothing. All else does: what is too large was read for nothing, and a
 * conflict tells who tries names which are taken.
 */
const FREE: ReadonlySet<RefusalCode> = new Set(['invalid', 'busy', 'full'])

/**
 * Runs what is limited, and gives back what it cost when it is refused in a way that costs nothing.
 * @throws Refusal `too-many`, and then `run` did not run
 */
export async function spend<Result>(
  limits: Limits,
  what: Limited,
  who: Spender,
  run: () => Promise<Result>,
): Promise<Result> {
  const giveBack = await limits.spend(what, who)
  try {
    return await run()
  } catch (error) {
    if (error instanceof Refusal && FREE.has(error.code)) giveBack()
    throw error
  }
}
