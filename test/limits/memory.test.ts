import { mock } from 'node:test'
import { MemoryLimits } from '../../src/limits/memory.ts'
import { limitsContract } from '../contracts/limits.ts'
import { TestClock } from '../support/clock.ts'

limitsContract('the limits in memory', async (rateLimits) => {
  const clock = new TestClock()
  // The limiter uses the time of the system instead of a clock that it is given.
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: clock.now() })
  return {
    limits: new MemoryLimits(clock, rateLimits),
    advance: async (ms) => {
      clock.advance(ms)
      mock.timers.tick(ms)
    },
    close: async () => mock.timers.reset(),
  }
})
