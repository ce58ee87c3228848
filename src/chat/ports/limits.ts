import type { Caller, LimitedAction } from '../rate-limit.ts'
import type { Undo } from './clock.ts'

/** How much members and addresses may do. */
export interface Limits {
  /**
   * Takes one from what the member and the address have left. Who is refused has nothing taken.
   * @returns gives it back, unless its window is over; a later call finds it given back
   * @throws Refusal `too-many`
   */
  take(what: LimitedAction, who: Caller): Promise<Undo>
}
