import { Children } from './children.ts'
import { Arena, CONTENDERS, type Contender, type Running } from './contender.ts'
import { measureDurable } from './durable.ts'
import { type Figures, fanOutFigures, faultsOf, idleFigures, type Pair, type Row, rowsOf } from './figures.ts'
import type { FanOutOutcome, IdleOutcome } from './job.ts'
import { describeMachine, type Machine, pinning } from './machine.ts'
import type { Options } from './options.ts'
import { lackOfRedis } from './redis.ts'
import { describe, type Scenario, type ScenarioName, SPARE_STREAMS, sized } from './scenarios.ts'
import { measureShared } from './shared.ts'
import { measureStart } from './start-time.ts'

/** All that a benchmark says. */
export interface Report {
  readonly machine: Machine
  readonly runs: number
  readonly scenarios: readonly ScenarioReport[]
}

export interface ScenarioReport {
  readonly name: ScenarioName
  readonly what: string
  /** What Snug stands beside. */
  readonly other: string
  readonly rows: readonly Row[]
  /** One pair per run. */
  readonly pairs: readonly Pair[]
  /** What went wrong, with whom: no figure beside it can be trusted. */
  readonly faults: readonly string[]
}

/** What Snug stands beside. */
const OTHERS: Readonly<Record<Scenario['kind'], string>> = {
  'fan-out': 'plain loop',
  idle: 'plain loop',
  start: 'node -e 0',
  durable: 'beside',
  shared: 'beside',
}

const DURABLE_SIZES = { warmUpMs: 3000, ms: 4000, messages: 1_000_000 }
const SHARED_SIZES = {
  rounds: 300,
  warmUpRounds: 1500,
  readers: 500,
  postingMs: 11_000,
  warmUpMs: 2000,
  ms: 3000,
}

/** Measures what the options ask for: scenario after scenario within a run, run after run. */
export async function runBenchmark(options: Options, say: (line: string) => void): Promise<Report> {
  const pins = pinning()
  const machine = describeMachine(pins)
  const arena = new Arena(new Children(), pins, options.snug)
  const frameBytes = await measureFrame(arena)
  const lack = options.scenarios.includes('shared') ? lackOfRedis() : undefined
  if (lack !== undefined) say(lack)
  const names = options.scenarios.filter((name) => name !== 'shared' || lack === undefined)
  const measured = names.map((name) => ({
    name,
    scenario: sized(name, options),
    pairs: [] as Pair[],
    faults: [] as string[],
  }))
  for (let run = 1; run <= options.runs; run++) {
    for (const { name, scenario, pairs, faults } of measured) {
      say(`run ${run} of ${options.runs}: ${name}`)
      // Who goes first changes, so that neither always finds the machine as the other left it.
      const order = run % 2 === 0 ? CONTENDERS : CONTENDERS.toReversed()
      const pair = await measurePair(arena, scenario, frameBytes, order, faults)
      faults.push(...(pair.faults ?? []).map((fault) => `snug: ${fault}`))
      pairs.push(pair)
    }
  }
  const scenarios = measured.map(({ name, scenario, pairs, faults }) => ({
    name,
    what: describe(scenario),
    other: OTHERS[scenario.kind],
    rows: rowsOf(pairs),
    pairs,
    faults,
  }))
  return { machine, runs: options.runs, scenarios }
}

async function measurePair(
  arena: Arena,
  scenario: Scenario,
  frameBytes: number,
  order: readonly Contender[],
  faults: string[],
): Promise<Pair> {
  if (scenario.kind === 'start') return measureStart(arena)
  if (scenario.kind === 'durable') return measureDurable(arena, DURABLE_SIZES)
  if (scenario.kind === 'shared') return measureShared(arena, SHARED_SIZES)
  const figures: Record<Contender, Figures> = { snug: {}, plain: {} }
  for (const contender of order) {
    const server =
      contender === 'snug'
        ? await arena.snug(scenario.subscribers + SPARE_STREAMS)
        : await arena.plain(frameBytes)
    const outcome = await loadOnce(arena, server, scenario)
    figures[contender] = outcome.kind === 'idle' ? idleFigures(outcome) : fanOutFigures(outcome)
    faults.push(...faultsOf(outcome).map((fault) => `${contender}: ${fault}`))
  }
  return { snug: figures.snug, other: figures.plain }
}

async function loadOnce(
  arena: Arena,
  server: Running,
  scenario: Extract<Scenario, { kind: 'fan-out' | 'idle' }>,
): Promise<FanOutOutcome | IdleOutcome> {
  const outcome = await arena.load<FanOutOutcome | IdleOutcome>(server, scenario)
  await server.child.stop()
  return outcome
}

/** How many bytes of Snug's stream one message takes when it goes alone. */
async function measureFrame(arena: Arena): Promise<number> {
  const pace = { kind: 'in-flight', count: 1 } as const
  const server = await arena.snug(SPARE_STREAMS)
  const outcome = await loadOnce(arena, server, {
    kind: 'fan-out',
    subscribers: 1,
    warmUp: 1,
    messages: 20,
    pace,
  })
  if (outcome.kind !== 'fan-out' || outcome.deliveries !== outcome.expected)
    throw new Error('Snug delivers nothing')
  return Math.round(outcome.bytesPerDelivery)
}
