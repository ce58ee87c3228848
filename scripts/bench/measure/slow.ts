import { counted, type Figures, type Round } from '../figures.ts'
import type { SlowOutcome } from '../load/outcome.ts'
import type { Scenario } from '../scenarios.ts'
import { type Bench, inTurn } from './bench.ts'

/** Of all readers, who stall. */
const SHARE = 0.1

const TEXT_BYTES = 4096

/** Messages a second. */
const RATE = 100

const NOBODY = 'nobody stalled'

/** What readers who stall cost the others. */
export async function measureSlow(
  bench: Bench,
  { subscribers, messages }: Extract<Scenario, { kind: 'slow' }>,
): Promise<Round> {
  const stalled = Math.round(subscribers * SHARE)
  const measured: Record<string, Figures> = {}
  const faults: string[] = []
  for (const name of inTurn(bench, [NOBODY, 'snug'])) {
    const server = await bench.arena.snug(subscribers)
    const outcome = await bench.arena.load<'slow'>(server, {
      kind: 'slow',
      subscribers: subscribers - stalled,
      stalled: name === 'snug' ? stalled : 0,
      messages,
      textBytes: TEXT_BYTES,
      rate: RATE,
    })
    await server.child.stop()
    measured[name] = figuresOf(outcome, name === 'snug' ? stalled : 0)
    const { lost, missing, refused } = outcome
    faults.push(
      ...counted(name, {
        'streams of those who read ended by the server': lost,
        'deliveries missing': missing,
        'posts refused': refused,
      }),
    )
  }
  return { snug: measured.snug ?? {}, beside: { [NOBODY]: measured[NOBODY] ?? {} }, faults }
}

function figuresOf(outcome: SlowOutcome, stalled: number): Figures {
  const { delivery, risen, serverCpuSeconds, seconds, backlog, inKernel, cut, cutAfterMs } = outcome
  return {
    'others’ latency p50, ms': delivery.p50,
    'others’ latency p99, ms': delivery.p99,
    'RSS rise, MB': risen && risen / 1e6,
    'server busy, % of a core': serverCpuSeconds && (serverCpuSeconds / seconds) * 100,
    ...(stalled > 0 && {
      'backlog of each stalled, MB': backlog / 1e6,
      'of that in the kernel, MB': inKernel / 1e6,
      'stalled and cut, %': cut && (cut / stalled) * 100,
      'cut after 256 KiB waited, s': cutAfterMs === undefined ? undefined : cutAfterMs / 1000,
    }),
  }
}
