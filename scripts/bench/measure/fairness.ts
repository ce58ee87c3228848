import { setTimeout as wait } from 'node:timers/promises'
import { readLoopDelay } from '../environment.ts'
import { describeCounts, type Figures, type Round } from '../figures.ts'
import type { ProbeResult } from '../load/result.ts'
import type { Scenario } from '../scenarios.ts'
import type { BenchContext } from './bench-context.ts'

const PEOPLE = 10
const EVERY_MS = 50

/** Time to measure the small room while the big one is quiet, and an allowance for the start and end of the load. */
const QUIET_MS = 3000
const LEEWAY_MS = 1500

/** Measures the effect of a saturated room on a small room, on `/healthz` and on the event loop. */
export async function measureFairness(
  { environment }: BenchContext,
  { subscribers, ms }: Extract<Scenario, { kind: 'fairness' }>,
): Promise<Round> {
  const server = await environment.startSnug(subscribers + PEOPLE, { monitored: true })
  const probe = { kind: 'probe', path: '/r/small', subscribers: PEOPLE, everyMs: EVERY_MS } as const
  const crowd = environment.beginLoad<'crowd'>(server, {
    kind: 'crowd',
    subscribers,
    quietMs: QUIET_MS + LEEWAY_MS,
    ms: ms + LEEWAY_MS,
  })
  try {
    await crowd.waitForLine('open')
    await readLoopDelay(server, 1)
    const quiet = await environment.runLoad<'probe'>(server, { ...probe, ms: QUIET_MS })
    const quietDelay = await readLoopDelay(server, 2)
    await crowd.waitForLine('saturated')
    await wait(LEEWAY_MS / 3)
    await readLoopDelay(server, 3)
    const saturated = await environment.runLoad<'probe'>(server, { ...probe, ms: ms - LEEWAY_MS })
    const delay = await readLoopDelay(server, 4)
    const { perSecond, endedByServer, refused } = await crowd.result
    return {
      snug: { ...probeFigures(saturated, delay), 'deliveries per second in the big room': perSecond },
      baselines: { 'big room quiet': probeFigures(quiet, quietDelay) },
      errors: describeCounts('snug', {
        'streams ended by the server': endedByServer + saturated.endedByServer,
        'posts refused': refused + saturated.refused,
      }),
    }
  } finally {
    await server.child.stop()
  }
}

function probeFigures({ delivery, health }: ProbeResult, delayMs: number): Figures {
  return {
    'small room delivery p50, ms': delivery.p50,
    'small room delivery p99, ms': delivery.p99,
    '/healthz p99, ms': health.p99,
    '/healthz max, ms': health.max,
    'event-loop delay p99, ms': delayMs,
  }
}
