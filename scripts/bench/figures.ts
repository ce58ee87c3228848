import type { FanOutOutcome, IdleOutcome } from './job.ts'
import { median } from './statistics.ts'

/** What was measured, by its name and unit; undefined where the system does not tell. */
export type Figures = Readonly<Record<string, number | undefined>>

/** Two things measured one after the other, so that their ratio means something on a busy machine. */
export interface Pair {
  readonly snug: Figures
  readonly other: Figures
  /** What went wrong, in words. */
  readonly faults?: readonly string[]
}

/** One line of the report: medians, and the median of the pairs' ratios. */
export interface Row {
  readonly name: string
  readonly snug: number
  readonly other: number
  readonly ratio: number
}

export function fanOutFigures(outcome: FanOutOutcome): Figures {
  const { deliveries, seconds, serverCpuSeconds } = outcome
  return {
    'server CPU per delivery, µs': serverCpuSeconds && (serverCpuSeconds / deliveries) * 1e6,
    'deliveries per second': deliveries / seconds,
    'latency p50, ms': outcome.p50,
    'latency p99, ms': outcome.p99,
    'server busy, % of a core': serverCpuSeconds && (serverCpuSeconds / seconds) * 100,
    'load busy, % of a core': (outcome.loadCpuSeconds / seconds) * 100,
    'bytes per delivery': outcome.bytesPerDelivery,
  }
}

export function idleFigures({ bytesPerSubscriber }: IdleOutcome): Figures {
  return { 'RSS per subscriber, KiB': bytesPerSubscriber && bytesPerSubscriber / 1024 }
}

/** What went wrong in words, or nothing. */
export function faultsOf(outcome: FanOutOutcome | IdleOutcome): string[] {
  const counts: [string, number][] = [['streams ended by the server', outcome.lost]]
  if (outcome.kind === 'fan-out') {
    counts.push(
      ['deliveries missing', outcome.expected - outcome.deliveries],
      ['duplicates', outcome.duplicates],
      ['deliveries out of order', outcome.disordered],
      ['posts refused', outcome.refused],
    )
  }
  return counts.filter(([, count]) => count > 0).map(([what, count]) => `${count} ${what}`)
}

export function rowsOf(pairs: readonly Pair[]): Row[] {
  const names = [
    ...new Set(pairs.flatMap(({ snug, other }) => [...Object.keys(snug), ...Object.keys(other)])),
  ]
  return names.map((name) => {
    const snug = pairs.map((pair) => pair.snug[name] ?? Number.NaN)
    const other = pairs.map((pair) => pair.other[name] ?? Number.NaN)
    const ratios = snug.map((value, index) => value / (other[index] ?? Number.NaN))
    return { name, snug: median(snug), other: median(other), ratio: median(ratios) }
  })
}
