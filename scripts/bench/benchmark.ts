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

/** The default number of runs. */
const RUNS = 3

/** The result of a benchmark. */
export interface Report {
  readonly machine: Machine
  /** A sentence for each thing that could not be measured on this machine. */
  readonly unavailable: readonly string[]
  readonly scenarios: readonly ScenarioReport[]
}

export interface ScenarioReport {
  readonly name: ScenarioName
  readonly description: string
  readonly runs: number
  /** Names of the baselines, in order. */
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
  readonly promises: readonly PromiseCheck[]
  /** One per run. */
  readonly rounds: readonly Round[]
  /** A sentence for each error, with the name of the server. With errors, no figure of the scenario can be trusted. */
  readonly errors: readonly string[]
}

/** Everything that measurements need, and what is known before the first one. */
export interface BenchSetup extends Omit<BenchContext, 'run'> {
  readonly machine: Machine
  readonly frameBytes: number
}

/** Pins the cores, compiles the floor and measures the size of Snug's frames, which the baselines imitate. */
export async function setUpBench(options: Pick<Options, 'snug'>): Promise<BenchSetup> {
  const pins = choosePinning()
  const machine = describeMachine(pins)
  const environment = new Environment(new ChildProcesses(), pins, options.snug)
  const frameBytes = await measureFrameBytes(environment)
  return { environment, machine, frameBytes, baselines: createBaselines(environment, frameBytes) }
}

/**
 * Measures the scenarios of the options, all of them in each run.
 * @param log receives a line per step
 */
export async function runBenchmark(
  options: Options,
  log: (line: string) => void,
  setup?: BenchSetup,
): Promise<Report> {
  const { machine, ...bench } = setup ?? (await setUpBench(options))
  const redisUnavailable = options.scenarios.includes('shared') ? explainMissingRedis() : undefined
  const unavailable = [
    ...bench.baselines.unavailable,
    ...(redisUnavailable === undefined ? [] : [redisUnavailable]),
  ]
  for (const sentence of unavailable) log(sentence)
  const measured = options.scenarios
    .filter((name) => name !== 'shared' || redisUnavailable === undefined)
    .map((name) => ({
      name,
      scenario: resizeScenario(name, options),
      runs: options.runs ?? (SINGLE_RUN_SCENARIOS.has(name) ? 1 : RUNS),
      rounds: [] as Round[],
    }))
  const runsMax = Math.max(...measured.map(({ runs }) => runs))
  for (let run = 1; run <= runsMax; run++) {
    for (const { name, scenario, rounds } of measured.filter(({ runs }) => runs >= run)) {
      log(`run ${run} of ${runsMax}: ${name}`)
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
