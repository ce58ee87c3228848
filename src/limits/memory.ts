import type { Clock } from '../chat/ports/clock.ts'
import type { RateLimits } from '../chat/rate-limit.ts'
import { Quotas } from './limits.ts'
import { LocalWindows } from './local-windows.ts'

/** The limits of a single process. */
export class MemoryLimits extends Quotas {
  constructor(clock: Clock, budgets: RateLimits) {
    super(budgets, (_name, allowance, refuse) => new LocalWindows(clock, allowance, refuse))
  }
}
