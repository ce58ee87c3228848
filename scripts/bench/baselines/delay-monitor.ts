// Loaded into a server before its program: at SIGUSR2 it says how late the event loop was since the last time.

import { monitorEventLoopDelay } from 'node:perf_hooks'

/** How often it looks: what a turn of the loop is late by is seen from here on. */
const RESOLUTION_MS = 2

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
delay.enable()
let asked = 0
process.on('SIGUSR2', () => {
  const late = Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION_MS)
  delay.reset()
  process.stdout.write(`event-loop delay ${++asked}: ${late.toFixed(3)} ms\n`)
})
