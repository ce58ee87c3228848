import { Children } from './children.ts'
import { standBeside } from './contenders.ts'
import { Arena } from './environment.ts'
import { columnsOf, type Round, type Row, rowsOf } from './figures.ts'
import { describeMachine, type Machine, pinning } from './machine.ts'
import type { Bench } from './measure/bench.ts'
import { measure, measureFrameBytes } from './measure/scenario.ts'
import type { Options } from './options.ts'
import { type Held, judge } from './promises.ts'
import { lackOfRedis } from './redis.ts'
import { describe, ONCE, type Scenario, type ScenarioName, sized } from './scenarios.ts'

/** Where nobody says how often. */
const RUNS = 3

/** All that a benchmark says. */
export interface Report {
  readonly machine: Machine
  /** In words, what could not be measured here. */
  readonly lacks: readonly string[]
  readonly scenarios: readonly ScenarioReport[]
}

export interface ScenarioReport {
  readonly name: ScenarioName
  readonly what: string
  readonly runs: number
  /** What stands beside Snug, in order. */
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
  readonly promises: readonly Held[]
  /** One per run. */
  readonly rounds: readonly Round[]
  /** What went wrong, with whom: no figure beside it can be trusted. */
  readonly faults: readonly string[]
}

/** All that something is measured with, and what is known beforehand. */
export interface Ground extends Omit<Bench, 'run'> {
  readonly machine: Machine
  readonly frameBytes: number
}

/** Starts what is needed for measuring anything. */
export async function prepare(options: Pick<Options, 'snug'>): Promise<Ground> {
  const pins = pinning()
  const machine = describeMachine(pins)
  const arena = new Arena(new Children(), pins, options.snug)
  const frameBytes = await measureFrameBytes(arena)
  return { arena, machine, frameBytes, beside: standBeside(arena, frameBytes) }
}

/** Measures what the options ask for: scenario after scenario within a run, run after run. */
export async function runBenchmark(
  options: Options,
  say: (line: string) => void,
  ground?: Ground,
): Promise<Report> {
  const { machine, ...bench } = ground ?? (await prepare(options))
  const noRedis = options.scenarios.includes('shared') ? lackOfRedis() : undefined
  const lacks = [...bench.beside.lacks, ...(noRedis === undefined ? [] : [noRedis])]
  for (const lack of lacks) say(lack)
  const measured = options.scenarios
    .filter((name) => name !== 'shared' || noRedis === undefined)
    .map((name) => ({
      name,
      scenario: sized(name, options),
      runs: options.runs ?? (ONCE.has(name) ? 1 : RUNS),
      rounds: [] as Round[],
    }))
  const most = Math.max(...measured.map(({ runs }) => runs))
  for (let run = 1; run <= most; run++) {
    for (const { name, scenario, rounds } of measured.filter(({ runs }) => runs >= run)) {
      say(`run ${run} of ${most}: ${name}`)
      rounds.push(await measure({ ...bench, run }, scenario))
    }
  }
  return { machine, lacks, scenarios: measured.map(reportOf) }
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
    what: describe(scenario),
    runs,
    columns: columnsOf(rounds),
    rows,
    promises: judge(name, rows),
    rounds,
    faults: rounds.flatMap(({ faults = [] }) => faults),
  }
}
