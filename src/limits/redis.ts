import type { RateLimits } from '../chat/rate-limit.ts'
import { Quotas } from './limits.ts'
import { SharedWindows, type SharedWindowsTools } from './shared-windows.ts'

/** The limits of all processes on one Redis, to which nobody waits for a word: see `SharedWindows`. */
export class RedisLimits extends Quotas {
  constructor(tools: SharedWindowsTools, budgets: RateLimits) {
    super(budgets, (name, allowance, refuse) => new SharedWindows(tools, name, allowance, refuse))
  }
}
