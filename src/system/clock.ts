import { performance } from 'node:perf_hooks'
import type { Clock } from '../chat/ports/clock.ts'

/** The clock of the operating system. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms).unref()
    return () => clearTimeout(timer)
  },
  setImmediate: (run) => void setImmediate(run),
}
