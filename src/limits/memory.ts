import type { RateLimits } from '../chat/limits/rate-limit.ts'
import type { Clock } from '../chat/ports/clock.ts'
import { Quotas } from './limits.ts'
import { LocalWindows } from './local-windows.ts'

/** The limits of a standalone process. */
export class MemoryLimits extends Quotas {
  constructor(clock: Clock, rateLimits: RateLimits) {
    super(rateLimits, (_name, allowance, refuse) => new LocalWindows(clock, allowance, refuse))
  }
}
