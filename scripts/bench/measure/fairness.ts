import { setTimeout as wait } from 'node:timers/promises'
import { delayOf } from '../environment.ts'
import { counted, type Figures, type Round } from '../figures.ts'
import type { ProbeOutcome } from '../load/outcome.ts'
import type { Scenario } from '../scenarios.ts'
import type { Bench } from './bench.ts'

const PEOPLE = 10
const EVERY_MS = 50

/** How long the big room is quiet and the small one measured; the load needs a moment more to begin and end. */
const QUIET_MS = 3000
const LEEWAY_MS = 1500

/** What a saturated room leaves to others: a small room, `/healthz`, and the event loop itself. */
export async function measureFairness(
  { arena }: Bench,
  { subscribers, ms }: Extract<Scenario, { kind: 'fairness' }>,
): Promise<Round> {
  const server = await arena.snug(subscribers + PEOPLE, { watched: true })
  const probe = { kind: 'probe', path: '/r/small', subscribers: PEOPLE, everyMs: EVERY_MS } as const
  const crowd = arena.begin<'crowd'>(server, {
    kind: 'crowd',
    subscribers,
    quietMs: QUIET_MS + LEEWAY_MS,
    ms: ms + LEEWAY_MS,
  })
  try {
    await crowd.says('open')
    await delayOf(server, 1)
    const quiet = await arena.load<'probe'>(server, { ...probe, ms: QUIET_MS })
    const quietDelay = await delayOf(server, 2)
    await crowd.says('saturated')
    await wait(LEEWAY_MS / 3)
    await delayOf(server, 3)
    const saturated = await arena.load<'probe'>(server, { ...probe, ms: ms - LEEWAY_MS })
    const delay = await delayOf(server, 4)
    const { perSecond, lost, refused } = await crowd.outcome
    return {
      snug: { ...figuresOf(saturated, delay), 'deliveries per second in the big room': perSecond },
      beside: { 'big room quiet': figuresOf(quiet, quietDelay) },
      faults: counted('snug', {
        'streams ended by the server': lost + saturated.lost,
        'posts refused': refused + saturated.refused,
      }),
    }
  } finally {
    await server.child.stop()
  }
}

function figuresOf({ delivery, health }: ProbeOutcome, delayMs: number): Figures {
  return {
    'small room delivered p50, ms': delivery.p50,
    'small room delivered p99, ms': delivery.p99,
    '/healthz p99, ms': health.p99,
    '/healthz max, ms': health.max,
    'event-loop delay p99, ms': delayMs,
  }
}
