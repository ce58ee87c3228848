import { mock } from 'node:test'
import { MemoryLimits } from '../../src/limits/memory.ts'
import { limitsContract } from '../contracts/limits.ts'
import { TestClock } from '../support/clock.ts'

limitsContract('the limits in memory', async (budgets) => {
  const clock = new TestClock()
  // The limiter looks at the system's time, and not at a clock that it is given.
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: clock.now() })
  return {
    limits: new MemoryLimits(clock, budgets),
    advance: async (ms) => {
      clock.advance(ms)
      mock.timers.tick(ms)
    },
    close: async () => mock.timers.reset(),
  }
})
