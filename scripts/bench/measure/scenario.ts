import type { Contender } from '../contenders.ts'
import type { Environment } from '../environment.ts'
import type { Round } from '../figures.ts'
import type { FanOutScenario, Scenario } from '../scenarios.ts'
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
  // Seldom is longer than a process believes what it read in Redis without looking again.
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

// The plain loop says nothing more of very many readers, or many messages, than of some.
function baselinesFor(
  { baselines: { floor, plain } }: BenchContext,
  { subscribers, pace }: FanOutScenario,
): Contender[] {
  const much = subscribers > MANY_READERS || (pace.kind === 'per-second' && pace.rate > HIGH_RATE)
  return floor ? [floor, ...(much ? [] : [plain])] : [plain]
}

/** How many bytes of Snug's stream one message takes when it goes alone. */
export async function measureFrameBytes(arena: Environment): Promise<number> {
  const server = await arena.startSnug(1)
  const outcome = await arena.runLoad<'fan-out'>(server, {
    kind: 'fan-out',
    subscribers: 1,
    warmUp: 1,
    messages: 20,
    pace: { kind: 'in-flight', count: 1 },
  })
  await server.child.stop()
  if (outcome.deliveries !== outcome.expected) throw new Error('Snug delivers nothing')
  return Math.round(outcome.bytesPerDelivery)
}
