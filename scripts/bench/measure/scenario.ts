import type { Contender } from '../contenders.ts'
import type { Environment } from '../environment.ts'
import type { Round } from '../figures.ts'
import type { FanOutScenario, Scenario } from '../scenarios.ts'
import { measureAbuse } from './abuse.ts'
import type { BenchContext } from './bench-context.ts'
import { measureClustered } from './clustered.ts'
import { measureDurable } from './durable.ts'
import { measureFairness } from './fairness.ts'
import { measureFanOut } from './fan-out.ts'
import { measureFormats } from './formats.ts'
import { measureFrame } from './frame.ts'
import { measureChurn, measureIdle } from './idle.ts'
import { measurePages, measurePosts } from './requests.ts'
import { measureSlow } from './slow.ts'
import { measureStart } from './start-time.ts'

const DURABLE_SIZES = { warmUpMs: 3000, ms: 4000, messages: 1_000_000 }
const CLUSTERED_SIZES = {
  rounds: 300,
  warmUpRounds: 1500,
  readers: 500,
  // `seldomMs` is longer than a process uses its cache of Redis without checking it again.
  posting: { postingMs: 11_000, seldomMs: 5_500, idleMs: 5_000 },
  warmUpMs: 2000,
  ms: 3000,
}

const MANY_READERS = 1000
const HIGH_RATE = 10

/** Measures a scenario once. */
export function measureScenario(bench: BenchContext, scenario: Scenario): Promise<Round> {
  switch (scenario.kind) {
    case 'fan-out':
      return measureFanOut(bench, scenario, baselinesFor(bench, scenario))
    case 'idle':
      return measureIdle(bench, scenario)
    case 'churn':
      return measureChurn(bench, scenario)
    case 'fairness':
      return measureFairness(bench, scenario)
    case 'slow':
      return measureSlow(bench, scenario)
    case 'formats':
      return measureFormats(bench, scenario)
    case 'pages':
      return measurePages(bench, scenario.ms)
    case 'posts':
      return measurePosts(bench, scenario.ms)
    case 'abuse':
      return measureAbuse(bench, scenario)
    case 'frame':
      return measureFrame(bench)
    case 'start':
      return measureStart(bench.environment)
    case 'durable':
      return measureDurable(bench.environment, DURABLE_SIZES)
    case 'shared':
      return measureClustered(bench.environment, CLUSTERED_SIZES)
  }
}

// With very many readers or messages, the plain loop reveals nothing more than with fewer.
function baselinesFor(
  { baselines: { floor, plain } }: BenchContext,
  { subscribers, pace }: FanOutScenario,
): Contender[] {
  const isLarge = subscribers > MANY_READERS || (pace.kind === 'per-second' && pace.rate > HIGH_RATE)
  return floor ? [floor, ...(isLarge ? [] : [plain])] : [plain]
}

/** Bytes of one message in Snug's stream if it is sent alone. */
export async function measureFrameBytes(environment: Environment): Promise<number> {
  const server = await environment.startSnug(1)
  const result = await environment.runLoad<'fan-out'>(server, {
    kind: 'fan-out',
    subscribers: 1,
    warmUp: 1,
    messages: 20,
    pace: { kind: 'in-flight', count: 1 },
  })
  await server.child.stop()
  if (result.deliveries !== result.expected) throw new Error('Snug did not deliver every message')
  return Math.round(result.bytesPerDelivery)
}
