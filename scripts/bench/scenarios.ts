import type { FanOutJob, IdleJob } from './job.ts'

/** Streams beyond those of the subscribers, for all else that a job opens. */
export const SPARE_STREAMS = 500

/** Enough for the servers' hot code to be compiled. */
const WARM_UP = 30

type Without<Whole> = Omit<Whole, 'port' | 'pid'>

export type Scenario =
  | Without<FanOutJob>
  | Without<IdleJob>
  | { readonly kind: 'start' }
  | { readonly kind: 'durable' }
  | { readonly kind: 'shared' }

const fanOut = { kind: 'fan-out', subscribers: 1000, warmUp: WARM_UP } as const

export const SCENARIOS = {
  saturated: { ...fanOut, messages: 100, pace: { kind: 'in-flight', count: 8 } },
  trickle: { ...fanOut, messages: 10, pace: { kind: 'per-second', rate: 5 } },
  'high-rate': { ...fanOut, messages: 200, pace: { kind: 'per-second', rate: 200 } },
  idle: { kind: 'idle', subscribers: 2000 },
  start: { kind: 'start' },
  durable: { kind: 'durable' },
  shared: { kind: 'shared' },
} as const satisfies Record<string, Scenario>

export type ScenarioName = keyof typeof SCENARIOS

export const SCENARIO_NAMES = Object.keys(SCENARIOS) as ScenarioName[]

/** The scenario with the sizes that were asked for. */
export function sized(
  name: ScenarioName,
  sizes: { readonly subscribers: number | undefined; readonly messages: number | undefined },
): Scenario {
  const scenario: Scenario = SCENARIOS[name]
  switch (scenario.kind) {
    case 'start':
    case 'durable':
    case 'shared':
      return scenario
    case 'idle':
      return { ...scenario, subscribers: sizes.subscribers ?? scenario.subscribers }
    case 'fan-out':
      return {
        ...scenario,
        subscribers: sizes.subscribers ?? scenario.subscribers,
        messages: sizes.messages ?? scenario.messages,
      }
  }
}

/** In words. */
export function describe(scenario: Scenario): string {
  switch (scenario.kind) {
    case 'start':
      return 'from the start of the process, which has all cores'
    case 'durable':
      return 'posts in a kept room beside a vanishing one; what the disk and the promise allow'
    case 'shared':
      return 'two processes on one Redis, from a post at one to a reader at the other; beside what it may take, or one alone'
    case 'idle':
      return `${count(scenario.subscribers)} streams in which nothing happens`
    case 'fan-out': {
      const { subscribers, messages, pace } = scenario
      const how = pace.kind === 'in-flight' ? `${pace.count} in flight` : `${pace.rate} a second`
      return `${count(subscribers)} subscribers of one room, ${count(messages)} messages, ${how}`
    }
  }
}

function count(number: number): string {
  return number.toLocaleString('en')
}
