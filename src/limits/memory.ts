import type { Clock } from '../chat/ports/clock.ts'
import type { Budgets } from '../chat/rate-limit.ts'
import { Purses } from './limits.ts'
import { Windows } from './windows.ts'

/** The limits of a single process. */
export class MemoryLimits extends Purses {
  constructor(clock: Clock, budgets: Budgets) {
    super(budgets, (_name, allowance, refuse) => new Windows(clock, allowance, refuse))
  }
}
