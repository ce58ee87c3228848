import type { Allowance, Caller, LimitedAction } from '../chat/limits/rate-limit.ts'
import { rateLimited } from '../chat/limits/rate-limited.ts'
import { TokenBuckets } from '../chat/limits/token-buckets.ts'
import type { Clock, Undo } from '../chat/ports/clock.ts'
import type { Limits } from '../chat/ports/limits.ts'

/**
 * Milliseconds of CPU time for what one address writes, in this process: a quarter of a core, after two seconds at
 * once. A usual post takes some 0.2 ms; an address may send 200 a second.
 */
export const WRITE_CPU: Allowance = { count: 2000, windowMs: 8000 }

/** Limits that also count what actions cost. A cost is never given back: a refused text was examined, too. */
export class CpuLimits implements Limits {
  readonly #limits: Limits
  readonly #buckets: TokenBuckets
  readonly #cpuMs: () => number

  /** @param cpuMs the CPU time of this thread in milliseconds */
  constructor(limits: Limits, clock: Clock, cpuMs: () => number) {
    this.#limits = limits
    this.#buckets = new TokenBuckets(clock, WRITE_CPU)
    this.#cpuMs = cpuMs
  }

  async take(action: LimitedAction, caller: Caller): Promise<Undo> {
    const { address } = caller
    const wait = this.#buckets.wait(address)
    if (wait > 0) throw rateLimited(action, 'address', wait)
    const giveBack = await this.#limits.take(action, caller)
    const began = this.#cpuMs()
    // A promise runs this, so the tick comes when all promises are done: when the action is, or waits for something.
    process.nextTick(() => this.#buckets.take(address, this.#cpuMs() - began))
    return giveBack
  }
}
