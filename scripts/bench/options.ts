import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { NUMBERS_MAX } from './load/marker.ts'
import { type RequestedSizes, SCENARIO_NAMES, type ScenarioName } from './scenarios.ts'

export interface Options extends RequestedSizes {
  readonly scenarios: readonly ScenarioName[]
  /** Undefined: three runs, or one for the long scenarios. */
  readonly runs: number | undefined
  /** Measures libraries from the registry as well, for the report. */
  readonly peers: boolean
  /** File for the report as JSON. */
  readonly json: string | undefined
  /** The bundle to measure. */
  readonly snug: string
}

export const DEFAULTS: Options = {
  scenarios: SCENARIO_NAMES,
  subscribers: undefined,
  messages: undefined,
  runs: undefined,
  report: false,
  peers: false,
  json: undefined,
  snug: join(import.meta.dirname, '..', '..', 'dist', 'snug.cjs'),
}

const SUBSCRIBERS_MAX = 20_000
const RUNS_MAX = 50

/** The load process keeps a latency of four bytes for each delivery. */
const DELIVERIES_MAX = 100_000_000

export const HELP = `Compares Snug with a floor in C, a plain node:http loop and others: CPU, latency, memory, start time.
Shows whether each promised bound was met.

Usage: npm run bench -- [options]

  --scenario NAME      ${SCENARIO_NAMES.join(', ')}; can be repeated (all)
  --subscribers N      readers of the room (1,000 or 10,000); with --report, the most readers of any scenario
  --messages M         messages to measure
  --runs K             runs to take the median of (3, or 1 for long scenarios)
  --report             also measure growth, and write docs/performance.md and its plots; takes about 12 minutes
  --peers              with --report: also measure better-sse, ws and socket.io, installed into .cache/bench-peers
  --json FILE          write all runs as JSON
  --snug FILE          the bundle to measure (dist/snug.cjs)`

/** @throws Error with a sentence for the user */
export function readOptions(argv: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      scenario: { type: 'string', multiple: true },
      subscribers: { type: 'string' },
      messages: { type: 'string' },
      runs: { type: 'string' },
      report: { type: 'boolean', default: false },
      peers: { type: 'boolean', default: false },
      json: { type: 'string' },
      snug: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return 'help'
  const { subscribers, messages, runs, report, peers, json, snug } = values
  if (peers && !report) throw new Error('--peers needs --report.')
  const options: Options = {
    scenarios: values.scenario?.map(parseScenario) ?? DEFAULTS.scenarios,
    subscribers:
      subscribers === undefined ? undefined : parseInteger('--subscribers', subscribers, SUBSCRIBERS_MAX),
    messages: messages === undefined ? undefined : parseInteger('--messages', messages, NUMBERS_MAX / 2),
    runs: runs === undefined ? undefined : parseInteger('--runs', runs, RUNS_MAX),
    report,
    peers,
    json,
    snug: snug ?? DEFAULTS.snug,
  }
  if ((options.subscribers ?? 1000) * (options.messages ?? 400) > DELIVERIES_MAX)
    throw new Error(`Subscribers × messages must be at most ${DELIVERIES_MAX}.`)
  return options
}

function parseScenario(text: string): ScenarioName {
  const name = SCENARIO_NAMES.find((candidate) => candidate === text)
  if (name === undefined) throw new Error(`--scenario must be one of ${SCENARIO_NAMES.join(', ')}.`)
  return name
}

function parseInteger(flag: string, text: string, max: number): number {
  const value = Number(text)
  if (!/^[1-9]\d*$/.test(text) || value > max)
    throw new Error(`${flag} must be a whole number from 1 to ${max}.`)
  return value
}
