// Preloaded into a server: on SIGUSR2 it prints the event-loop delay since the last SIGUSR2.

import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Resolution of the histogram, which is included in each measured delay. */
const RESOLUTION_MS = 2

const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
histogram.enable()
let count = 0
process.on('SIGUSR2', () => {
  const delayMs = Math.max(0, histogram.percentile(99) / 1e6 - RESOLUTION_MS)
  histogram.reset()
  process.stdout.write(`event-loop delay ${++count}: ${delayMs.toFixed(3)} ms\n`)
})
