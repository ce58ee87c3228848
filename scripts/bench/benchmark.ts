import { ChildProcesses } from './children.ts'
import { createBaselines } from './contenders.ts'
import { Environment } from './environment.ts'
import { columnsOf, type Round, type Row, rowsOf } from './figures.ts'
import { choosePinning, describeMachine, type Machine } from './machine.ts'
import type { BenchContext } from './measure/bench-context.ts'
import { measureFrameBytes, measureScenario } from './measure/scenario.ts'
import type { Options } from './options.ts'
import { checkPromises, type PromiseCheck } from './promises.ts'
import { explainMissingRedis } from './redis.ts'
import {
  describeScenario,
  resizeScenario,
  type Scenario,
  type ScenarioName,
  SINGLE_RUN_SCENARIOS,
} from './scenarios.ts'

/** Where nobody says how often. */
const RUNS = 3

/** All that a benchmark says. */
export interface Report {
  readonly machine: Machine
  /** In words, what could not be measured here. */
  readonly unavailable: readonly string[]
  readonly scenarios: readonly ScenarioReport[]
}

export interface ScenarioReport {
  readonly name: ScenarioName
  readonly description: string
  readonly runs: number
  /** What stands beside Snug, in order. */
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
  readonly promises: readonly PromiseCheck[]
  /** One per run. */
  readonly rounds: readonly Round[]
  /** What went wrong, with whom: no figure beside it can be trusted. */
  readonly errors: readonly string[]
}

/** All that something is measured with, and what is known beforehand. */
export interface BenchSetup extends Omit<BenchContext, 'run'> {
  readonly machine: Machine
  readonly frameBytes: number
}

/** Starts what is needed for measuring anything. */
export async function setUpBench(options: Pick<Options, 'snug'>): Promise<BenchSetup> {
  const pins = choosePinning()
  const machine = describeMachine(pins)
  const environment = new Environment(new ChildProcesses(), pins, options.snug)
  const frameBytes = await measureFrameBytes(environment)
  return { environment, machine, frameBytes, baselines: createBaselines(environment, frameBytes) }
}

/** Measures what the options ask for: scenario after scenario within a run, run after run. */
export async function runBenchmark(
  options: Options,
  say: (line: string) => void,
  ground?: BenchSetup,
): Promise<Report> {
  const { machine, ...bench } = ground ?? (await setUpBench(options))
  const noRedis = options.scenarios.includes('shared') ? explainMissingRedis() : undefined
  const unavailable = [...bench.baselines.unavailable, ...(noRedis === undefined ? [] : [noRedis])]
  for (const lack of unavailable) say(lack)
  const measured = options.scenarios
    .filter((name) => name !== 'shared' || noRedis === undefined)
    .map((name) => ({
      name,
      scenario: resizeScenario(name, options),
      runs: options.runs ?? (SINGLE_RUN_SCENARIOS.has(name) ? 1 : RUNS),
      rounds: [] as Round[],
    }))
  const most = Math.max(...measured.map(({ runs }) => runs))
  for (let run = 1; run <= most; run++) {
    for (const { name, scenario, rounds } of measured.filter(({ runs }) => runs >= run)) {
      say(`run ${run} of ${most}: ${name}`)
      rounds.push(await measureScenario({ ...bench, run }, scenario))
    }
  }
  return { machine, unavailable, scenarios: measured.map(reportOf) }
}

function reportOf(measured: {
  readonly name: ScenarioName
  readonly scenario: Scenario
  readonly runs: number
  readonly rounds: readonly Round[]
}): ScenarioReport {
  const { name, scenario, runs, rounds } = measured
  const rows = rowsOf(rounds)
  return {
    name,
    description: describeScenario(scenario),
    runs,
    columns: columnsOf(rounds),
    rows,
    promises: checkPromises(name, rows),
    rounds,
    errors: rounds.flatMap(({ errors = [] }) => errors),
  }
}
