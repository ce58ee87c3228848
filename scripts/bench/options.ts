import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { NUMBERS_MAX } from './load/marker.ts'
import { type RequestedSizes, SCENARIO_NAMES, type ScenarioName } from './scenarios.ts'

export interface Options extends RequestedSizes {
  readonly scenarios: readonly ScenarioName[]
  /** Undefined: thrice, but once for what takes long. */
  readonly runs: number | undefined
  /** Measures libraries of the registry as well, for the report. */
  readonly peers: boolean
  /** Where the report goes as JSON. */
  readonly json: string | undefined
  /** The bundle that is measured. */
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
/** Latencies are kept, four bytes each. */
const DELIVERIES_MAX = 100_000_000

export const HELP = `Measures Snug beside a floor in C, a plain node:http loop and others: CPU, latency, memory, start.
Where something is promised, says whether it held.

Usage: npm run bench -- [options]

  --scenario NAME      ${SCENARIO_NAMES.join(', ')}; again for more; all by default
  --subscribers N      readers of the room (1,000, or 10,000); with --report, no more than so many anywhere
  --messages M         messages that are measured
  --runs K             what is shown is the median of so many (3, or 1 of what takes long)
  --report             how it all grows, too: writes docs/performance.md and its plots, in some 12 minutes
  --peers              with --report: measures better-sse, ws and socket.io, installed into .cache/bench-peers
  --json FILE          the report as JSON, every run of it
  --snug FILE          another bundle than dist/snug.cjs`

/** @throws Error in a sentence for whoever typed it */
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
  if (peers && !report) throw new Error('--peers is for --report.')
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
    throw new Error('So many subscribers and messages are more than this can count.')
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
