import type { RateLimits } from '../chat/limits/rate-limit.ts'
import { Quotas } from './limits.ts'
import { SharedWindows, type SharedWindowsTools } from './shared-windows.ts'

/** The limits of all processes on one Redis. No request waits for Redis: see `SharedWindows`. */
export class RedisLimits extends Quotas {
  constructor(tools: SharedWindowsTools, rateLimits: RateLimits) {
    super(rateLimits, (name, allowance, refuse) => new SharedWindows(tools, name, allowance, refuse))
  }
}
