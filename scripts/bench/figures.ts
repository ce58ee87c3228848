import type { FanOutResult } from './load/result.ts'
import { median } from './statistics.ts'

/** Measured values by name and unit; undefined if the system does not provide them. */
export type Figures = Readonly<Record<string, number | undefined>>

/** Servers measured in succession, so that their ratios mean something even on a busy machine. */
export interface Round {
  readonly snug: Figures
  /** The baselines by name. A ratio is to the first that has the figure. */
  readonly baselines: Readonly<Record<string, Figures>>
  /** A sentence for each error, with the name of the server. */
  readonly errors?: readonly string[]
}

/** One row of the report: medians of the rounds, and the median of their ratios. */
export interface Row {
  readonly name: string
  readonly snug: number
  readonly baselines: Readonly<Record<string, number>>
  readonly ratio: number
}

export const CPU_PER_DELIVERY = 'server CPU per delivery, µs'

export function fanOutFigures(result: FanOutResult): Figures {
  const { deliveries, seconds, serverCpuSeconds } = result
  return {
    [CPU_PER_DELIVERY]: serverCpuSeconds && (serverCpuSeconds / deliveries) * 1e6,
    'deliveries per second': deliveries / seconds,
    'latency p50, ms': result.p50,
    'latency p99, ms': result.p99,
    'server busy, % of a core': serverCpuSeconds && (serverCpuSeconds / seconds) * 100,
    'load busy, % of a core': (result.loadCpuSeconds / seconds) * 100,
    'bytes per delivery': result.bytesPerDelivery,
  }
}

/** A sentence for each kind of error. */
export function deliveryErrors(server: string, result: FanOutResult): string[] {
  return describeCounts(server, {
    'streams ended by the server': result.endedByServer,
    'deliveries missing': result.expected - result.deliveries,
    duplicates: result.duplicates,
    'deliveries out of order': result.disordered,
    'posts refused': result.refused,
  })
}

/** A sentence for each count that is not 0. */
export function describeCounts(server: string, counts: Readonly<Record<string, number>>): string[] {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([label, count]) => `${server}: ${count} ${label}`)
}

export function rowsOf(rounds: readonly Round[]): Row[] {
  const columns = columnsOf(rounds)
  const names = new Set(
    rounds.flatMap(({ snug, baselines }) => [snug, ...Object.values(baselines)].flatMap(Object.keys)),
  )
  return [...names].map((name) => ({
    name,
    snug: median(rounds.map(({ snug }) => snug[name] ?? Number.NaN)),
    baselines: Object.fromEntries(
      columns.map((column) => [
        column,
        median(rounds.map(({ baselines }) => baselines[column]?.[name] ?? Number.NaN)),
      ]),
    ),
    ratio: median(rounds.map((round) => ratioOf(round, name))),
  }))
}

/** Names of the baselines, in order. */
export function columnsOf(rounds: readonly Round[]): string[] {
  return [...new Set(rounds.flatMap(({ baselines }) => Object.keys(baselines)))]
}

function ratioOf({ snug, baselines }: Round, name: string): number {
  const first = Object.values(baselines).find((figures) => figures[name] !== undefined)
  return (snug[name] ?? Number.NaN) / (first?.[name] ?? Number.NaN)
}
