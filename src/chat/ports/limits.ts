import type { Caller, LimitedAction } from '../limits/rate-limit.ts'
import type { Undo } from './clock.ts'

/** The rate limits of members and addresses. */
export interface Limits {
  /**
   * Takes one action from the allowances of the member and the address. A refusal takes nothing.
   * @returns a function that gives the action back unless its window is over; later calls of `take` see it given back
   * @throws Refusal `too-many`
   */
  take(action: LimitedAction, caller: Pick<Caller, 'address'> & Partial<Caller>): Promise<Undo>
}
