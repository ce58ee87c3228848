import type { FanOutResult } from './load/result.ts'
import { median } from './statistics.ts'

/** What was measured, by its name and unit; undefined where the system does not tell. */
export type Figures = Readonly<Record<string, number | undefined>>

/** Things measured one after the other, so that their ratios mean something on a busy machine. */
export interface Round {
  readonly snug: Figures
  /** What stands beside Snug, by name; the ratios are those to the first that has the figure. */
  readonly baselines: Readonly<Record<string, Figures>>
  /** What went wrong, in words, with whom. */
  readonly errors?: readonly string[]
}

/** One line of the report: medians, and the median of the rounds' ratios. */
export interface Row {
  readonly name: string
  readonly snug: number
  readonly baselines: Readonly<Record<string, number>>
  readonly ratio: number
}

export const CPU_PER_DELIVERY = 'server CPU per delivery, µs'

export function fanOutFigures(outcome: FanOutResult): Figures {
  const { deliveries, seconds, serverCpuSeconds } = outcome
  return {
    [CPU_PER_DELIVERY]: serverCpuSeconds && (serverCpuSeconds / deliveries) * 1e6,
    'deliveries per second': deliveries / seconds,
    'latency p50, ms': outcome.p50,
    'latency p99, ms': outcome.p99,
    'server busy, % of a core': serverCpuSeconds && (serverCpuSeconds / seconds) * 100,
    'load busy, % of a core': (outcome.loadCpuSeconds / seconds) * 100,
    'bytes per delivery': outcome.bytesPerDelivery,
  }
}

/** What went wrong in words, or nothing. */
export function deliveryErrors(who: string, outcome: FanOutResult): string[] {
  return describeCounts(who, {
    'streams ended by the server': outcome.endedByServer,
    'deliveries missing': outcome.expected - outcome.deliveries,
    duplicates: outcome.duplicates,
    'deliveries out of order': outcome.disordered,
    'posts refused': outcome.refused,
  })
}

/** A sentence for each count that is not 0. */
export function describeCounts(who: string, counts: Readonly<Record<string, number>>): string[] {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${who}: ${count} ${what}`)
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

/** What stands beside Snug, in order. */
export function columnsOf(rounds: readonly Round[]): string[] {
  return [...new Set(rounds.flatMap(({ baselines }) => Object.keys(baselines)))]
}

function ratioOf({ snug, baselines }: Round, name: string): number {
  const first = Object.values(baselines).find((figures) => figures[name] !== undefined)
  return (snug[name] ?? Number.NaN) / (first?.[name] ?? Number.NaN)
}
