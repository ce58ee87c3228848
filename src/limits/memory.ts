import type { Budgets } from '../chat/budget.ts'
import type { Clock } from '../chat/ports.ts'
import { Purses } from './purses.ts'
import { Windows } from './windows.ts'

/** The limits of a single process. */
export class MemoryLimits extends Purses {
  constructor(clock: Clock, budgets: Budgets) {
    super(budgets, (_name, allowance, refuse) => new Windows(clock, allowance, refuse))
  }
}
