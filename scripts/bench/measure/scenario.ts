import type { Contender } from '../contenders.ts'
import type { Arena } from '../environment.ts'
import type { Round } from '../figures.ts'
import type { FanOut, Scenario } from '../scenarios.ts'
import type { Bench } from './bench.ts'
import { measureDurable } from './durable.ts'
import { measureFairness } from './fairness.ts'
import { measureFanOut } from './fan-out.ts'
import { measureFormats } from './formats.ts'
import { measureFrame } from './frame.ts'
import { measureChurn, measureIdle } from './idle.ts'
import { measurePages, measurePosts } from './requests.ts'
import { measureShared } from './shared.ts'
import { measureSlow } from './slow.ts'
import { measureStart } from './start-time.ts'

const DURABLE_SIZES = { warmUpMs: 3000, ms: 4000, messages: 1_000_000 }
const SHARED_SIZES = {
  rounds: 300,
  warmUpRounds: 1500,
  readers: 500,
  // Seldom is longer than a process believes what it read in Redis without looking again.
  posting: { postingMs: 11_000, seldomMs: 5_500, idleMs: 5_000 },
  warmUpMs: 2000,
  ms: 3000,
}

const MANY = 1000
const MANY_A_SECOND = 10

/** Measures a scenario once. */
export function measure(bench: Bench, scenario: Scenario): Promise<Round> {
  switch (scenario.kind) {
    case 'fan-out':
      return measureFanOut(bench, scenario, besideOf(bench, scenario))
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
      return measureStart(bench.arena)
    case 'durable':
      return measureDurable(bench.arena, DURABLE_SIZES)
    case 'shared':
      return measureShared(bench.arena, SHARED_SIZES)
  }
}

// The plain loop says nothing more of very many readers, or many messages, than of some.
function besideOf({ beside: { floor, plain } }: Bench, { subscribers, pace }: FanOut): Contender[] {
  const much = subscribers > MANY || (pace.kind === 'per-second' && pace.rate > MANY_A_SECOND)
  return floor ? [floor, ...(much ? [] : [plain])] : [plain]
}

/** How many bytes of Snug's stream one message takes when it goes alone. */
export async function measureFrameBytes(arena: Arena): Promise<number> {
  const server = await arena.snug(1)
  const outcome = await arena.load<'fan-out'>(server, {
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
