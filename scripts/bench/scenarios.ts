import type { FanOutJob } from './load/job.ts'

/** Enough for V8 to compile the servers' hot code. With a third of it, V8 still compiled during the measurement. */
export const WARM_UP_MESSAGES = 1000

export type FanOutScenario = Omit<FanOutJob, 'port' | 'pid'>

export type Scenario =
  | FanOutScenario
  | {
      readonly kind: 'idle'
      readonly subscribers: number
      readonly settleMs: number
      readonly ms: number
    }
  | { readonly kind: 'churn'; readonly subscribers: number; readonly rounds: number }
  | { readonly kind: 'fairness'; readonly subscribers: number; readonly ms: number }
  | { readonly kind: 'slow'; readonly subscribers: number; readonly messages: number }
  | { readonly kind: 'formats'; readonly subscribers: number; readonly messages: number }
  | { readonly kind: 'pages'; readonly ms: number }
  | { readonly kind: 'posts'; readonly ms: number }
  /** `rate`: requests per second. */
  | { readonly kind: 'abuse'; readonly rate: number; readonly ms: number }
  | { readonly kind: 'frame' }
  | { readonly kind: 'start' }
  | { readonly kind: 'durable' }
  | { readonly kind: 'shared' }

const fanOut = { kind: 'fan-out', subscribers: 1000, warmUp: WARM_UP_MESSAGES } as const
const inFlight = { kind: 'in-flight', count: 8 } as const

const SCENARIOS = {
  saturated: { ...fanOut, messages: 200, pace: inFlight },
  'saturated-10k': { ...fanOut, subscribers: 10_000, warmUp: 16, messages: 80, pace: inFlight },
  trickle: { ...fanOut, messages: 25, pace: { kind: 'per-second', rate: 5 } },
  'high-rate': { ...fanOut, messages: 400, pace: { kind: 'per-second', rate: 200 } },
  idle: { kind: 'idle', subscribers: 10_000, settleMs: 60_000, ms: 30_000 },
  churn: { kind: 'churn', subscribers: 10_000, rounds: 10 },
  fairness: { kind: 'fairness', subscribers: 10_000, ms: 10_000 },
  pages: { kind: 'pages', ms: 2000 },
  posts: { kind: 'posts', ms: 2000 },
  abuse: { kind: 'abuse', rate: 50, ms: 6000 },
  frame: { kind: 'frame' },
  slow: { kind: 'slow', subscribers: 500, messages: 3000 },
  formats: { kind: 'formats', subscribers: 1000, messages: 100 },
  start: { kind: 'start' },
  durable: { kind: 'durable' },
  shared: { kind: 'shared' },
} as const satisfies Record<string, Scenario>

export type ScenarioName = keyof typeof SCENARIOS

export const SCENARIO_NAMES = Object.keys(SCENARIOS) as ScenarioName[]

/** Scenarios with one run by default: they take long, or their figures hardly vary. */
export const SINGLE_RUN_SCENARIOS: ReadonlySet<ScenarioName> = new Set<ScenarioName>([
  'idle',
  'churn',
  'fairness',
  'frame',
  'slow',
  'durable',
  'shared',
])

/** Sizes from the command line. Undefined: each scenario's own. */
export interface RequestedSizes {
  readonly subscribers: number | undefined
  readonly messages: number | undefined
  /** Also measures growth, and writes docs/performance.md. */
  readonly report: boolean
}

/** The scenario with the requested sizes. */
export function resizeScenario(name: ScenarioName, sizes: RequestedSizes): Scenario {
  const scenario: Scenario = SCENARIOS[name]
  return {
    ...scenario,
    ...('subscribers' in scenario && { subscribers: boundReaders(scenario.subscribers, sizes) }),
    ...('messages' in scenario && { messages: sizes.messages ?? scenario.messages }),
  }
}

// The scenarios of a report belong together, so a requested size is only an upper bound for each of them.
function boundReaders(size: number, { subscribers, report }: RequestedSizes): number {
  return report ? Math.min(size, subscribers ?? size) : (subscribers ?? size)
}

/** A phrase for the report. */
export function describeScenario(scenario: Scenario): string {
  switch (scenario.kind) {
    case 'start':
      return 'start of a process that may use all cores'
    case 'durable':
      return 'posts in a kept room, compared with a vanishing room and with what the disk and the promise allow'
    case 'shared':
      return 'two processes on one Redis, from a post at one to a reader at the other; compared with the promised maximum, or with one process alone'
    case 'pages':
      return 'the page of an empty room; compared with plain node:http sending the same bytes'
    case 'posts':
      return 'form posts, with one reader in the room; compared with Hono parsing the same form and answering 303'
    case 'abuse':
      return `posts of one address while another one requests ${scenario.rate} pages of 100 long messages a second; compared with the same posts alone`
    case 'frame':
      return 'bytes of one message in each format, without its escaped text and the author’s name'
    case 'idle':
      return `${formatCount(scenario.subscribers)} streams with only heartbeats, for ${scenario.ms / 1000} s, after being open for ${scenario.settleMs / 1000} s`
    case 'churn':
      return `${formatCount(scenario.subscribers)} streams opened and closed, ${scenario.rounds} times`
    case 'fairness':
      return `a room of 10 people next to a saturated room of ${formatCount(scenario.subscribers)}; compared with the big room quiet`
    case 'slow':
      return `a tenth of ${formatCount(scenario.subscribers)} readers stalled, ${formatCount(scenario.messages)} messages of 4 KiB; compared with no stalled readers`
    case 'formats':
      return `${formatCount(scenario.subscribers)} readers, saturated; compared with htmx frames`
    case 'fan-out': {
      const { subscribers, messages, pace } = scenario
      const how = pace.kind === 'in-flight' ? `${pace.count} in flight` : `${pace.rate} per second`
      return `${formatCount(subscribers)} subscribers of one room, ${formatCount(messages)} messages, ${how}`
    }
  }
}

function formatCount(number: number): string {
  return number.toLocaleString('en')
}
