import type { FanOutJob } from './load/job.ts'

/** Enough for the servers' hot code to be compiled: after a third of it V8 still was at it while they were measured. */
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
  frame: { kind: 'frame' },
  slow: { kind: 'slow', subscribers: 500, messages: 3000 },
  formats: { kind: 'formats', subscribers: 1000, messages: 100 },
  start: { kind: 'start' },
  durable: { kind: 'durable' },
  shared: { kind: 'shared' },
} as const satisfies Record<string, Scenario>

export type ScenarioName = keyof typeof SCENARIOS

export const SCENARIO_NAMES = Object.keys(SCENARIOS) as ScenarioName[]

/** Those that take so long, or say so surely the same, that once is enough where nobody asks for more. */
export const SINGLE_RUN_SCENARIOS: ReadonlySet<ScenarioName> = new Set<ScenarioName>([
  'idle',
  'churn',
  'fairness',
  'frame',
  'slow',
  'durable',
  'shared',
])

/** The sizes asked for on the command line. Undefined: each scenario's own. */
export interface RequestedSizes {
  readonly subscribers: number | undefined
  readonly messages: number | undefined
  /** Measures how everything grows as well, and writes docs/performance.md. */
  readonly report: boolean
}

/** The scenario with the sizes that were asked for. */
export function resizeScenario(name: ScenarioName, sizes: RequestedSizes): Scenario {
  const scenario: Scenario = SCENARIOS[name]
  return {
    ...scenario,
    ...('subscribers' in scenario && { subscribers: boundReaders(scenario.subscribers, sizes) }),
    ...('messages' in scenario && { messages: sizes.messages ?? scenario.messages }),
  }
}

// A report is made of scenarios that belong together: what is asked for bounds each of them.
function boundReaders(own: number, { subscribers, report }: RequestedSizes): number {
  return report ? Math.min(own, subscribers ?? own) : (subscribers ?? own)
}

/** In words. */
export function describeScenario(scenario: Scenario): string {
  switch (scenario.kind) {
    case 'start':
      return 'from the start of the process, which has all cores'
    case 'durable':
      return 'posts in a kept room beside a vanishing one; what the disk and the promise allow'
    case 'shared':
      return 'two processes on one Redis, from a post at one to a reader at the other; beside what it may take, or one process alone'
    case 'pages':
      return 'an empty room’s page, compared with plain node:http sending the same bytes'
    case 'posts':
      return 'posts of a form, with one reader of the room; compared with Hono parsing the same form and answering 303'
    case 'frame':
      return 'bytes of one message in each format, beyond the escaped text and the name'
    case 'idle':
      return `${formatCount(scenario.subscribers)} streams with nothing but heartbeats, for ${scenario.ms / 1000} s, after they were open for ${scenario.settleMs / 1000}`
    case 'churn':
      return `${formatCount(scenario.subscribers)} streams that open and end, ${scenario.rounds} times`
    case 'fairness':
      return `a room of 10 people beside a saturated one of ${formatCount(scenario.subscribers)}; compared with that one quiet`
    case 'slow':
      return `a tenth of ${formatCount(scenario.subscribers)} readers stalled, ${formatCount(scenario.messages)} texts of 4 KiB; compared with nobody stalled`
    case 'formats':
      return `${formatCount(scenario.subscribers)} readers, saturated; compared with the same with htmx frames`
    case 'fan-out': {
      const { subscribers, messages, pace } = scenario
      const how = pace.kind === 'in-flight' ? `${pace.count} in flight` : `${pace.rate} a second`
      return `${formatCount(subscribers)} subscribers of one room, ${formatCount(messages)} messages, ${how}`
    }
  }
}

function formatCount(number: number): string {
  return number.toLocaleString('en')
}
