import { describeCounts, type Figures, type Round } from '../figures.ts'
import type { SlowResult } from '../load/result.ts'
import type { Scenario } from '../scenarios.ts'
import { alternateOrder, type BenchContext } from './bench-context.ts'

/** Share of readers who stall. */
const STALLED_SHARE = 0.1

const TEXT_BYTES = 4096

/** Messages per second. */
const RATE = 100

const NOBODY_STALLED = 'nobody stalled'

/** Measures the effect of stalled readers on the others. */
export async function measureSlow(
  bench: BenchContext,
  { subscribers, messages }: Extract<Scenario, { kind: 'slow' }>,
): Promise<Round> {
  const stalled = Math.round(subscribers * STALLED_SHARE)
  const measured: Record<string, Figures> = {}
  const errors: string[] = []
  for (const name of alternateOrder(bench, [NOBODY_STALLED, 'snug'])) {
    const server = await bench.environment.startSnug(subscribers)
    const result = await bench.environment.runLoad<'slow'>(server, {
      kind: 'slow',
      subscribers: subscribers - stalled,
      stalled: name === 'snug' ? stalled : 0,
      messages,
      textBytes: TEXT_BYTES,
      rate: RATE,
    })
    await server.child.stop()
    measured[name] = slowFigures(result, name === 'snug' ? stalled : 0)
    const { endedByServer, missing, refused } = result
    errors.push(
      ...describeCounts(name, {
        'streams of active readers ended by the server': endedByServer,
        'deliveries missing': missing,
        'posts refused': refused,
      }),
    )
  }
  return {
    snug: measured.snug ?? {},
    baselines: { [NOBODY_STALLED]: measured[NOBODY_STALLED] ?? {} },
    errors,
  }
}

function slowFigures(result: SlowResult, stalled: number): Figures {
  const {
    delivery,
    residentRise,
    serverCpuSeconds,
    seconds,
    backlog,
    kernelBufferBytes,
    cutCount,
    cutAfterMs,
  } = result
  return {
    'others’ latency p50, ms': delivery.p50,
    'others’ latency p99, ms': delivery.p99,
    'RSS rise, MB': residentRise && residentRise / 1e6,
    'server busy, % of a core': serverCpuSeconds && (serverCpuSeconds / seconds) * 100,
    ...(stalled > 0 && {
      'backlog per stalled reader, MB': backlog / 1e6,
      'kernel buffer per stalled reader, MB': kernelBufferBytes / 1e6,
      'stalled readers cut, %': cutCount && (cutCount / stalled) * 100,
      'cut after 256 KiB were buffered, s': cutAfterMs === undefined ? undefined : cutAfterMs / 1000,
    }),
  }
}
