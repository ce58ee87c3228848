import { FLOOR } from './contenders.ts'
import { CPU_PER_DELIVERY, type Row } from './figures.ts'
import { POST_BESIDE } from './measure/abuse.ts'
import { cpuRowName } from './measure/formats.ts'
import { BUSY_WHILE_IDLE, RSS_PER_SUBSCRIBER } from './measure/idle.ts'
import type { ScenarioName } from './scenarios.ts'

/** A bound on a row of the report. */
export interface PerformancePromise {
  readonly row: string
  /** The baseline if the bound is on a ratio; undefined if it is on the figure itself. */
  readonly baseline?: string
  readonly max?: number
  readonly min?: number
}

export interface PromiseCheck {
  readonly promise: PerformancePromise
  readonly measured: number
  readonly held: boolean
}

/** The promised bounds by scenario. */
const PROMISES: Readonly<Partial<Record<ScenarioName, readonly PerformancePromise[]>>> = {
  saturated: [{ row: CPU_PER_DELIVERY, baseline: FLOOR, max: 1.5 }],
  'saturated-10k': [{ row: CPU_PER_DELIVERY, baseline: FLOOR, max: 1.5 }],
  trickle: [{ row: CPU_PER_DELIVERY, baseline: FLOOR, max: 1.8 }],
  'high-rate': [{ row: 'latency p99, ms', max: 60 }],
  idle: [
    { row: RSS_PER_SUBSCRIBER, max: 6.5 },
    { row: BUSY_WHILE_IDLE, max: 1 },
    { row: BUSY_WHILE_IDLE, baseline: FLOOR, max: 1.5 },
  ],
  churn: [{ row: 'RSS afterwards, MB', baseline: 'after one round', max: 1.05 }],
  fairness: [
    { row: 'small room delivery p99, ms', max: 50 },
    { row: '/healthz max, ms', max: 50 },
    { row: 'event-loop delay p99, ms', max: 25 },
  ],
  pages: [{ row: 'pages per second of CPU', baseline: 'node:http, same bytes', min: 0.4 }],
  posts: [{ row: 'posts per second of CPU', baseline: 'Hono, same form', min: 0.5 }],
  abuse: [{ row: POST_BESIDE, max: 20 }],
  frame: [{ row: 'htmx, bytes', max: 320 }],
  slow: [
    { row: 'cut after 256 KiB were buffered, s', max: 20 },
    { row: 'RSS rise, MB', max: 60 },
    // Two runs of the same server differ by less.
    { row: 'others’ latency p99, ms', baseline: 'nobody stalled', max: 1.15 },
  ],
  formats: (['live.html', 'live.ndjson', 'live.txt'] as const).map((format) => ({
    row: cpuRowName(format),
    baseline: 'htmx frames',
    max: 1,
  })),
  start: [{ row: 'RSS at rest, MB', max: 90 }],
}

/** Checks the rows of a scenario against its promised bounds. Skips rows that were not measured. */
export function checkPromises(name: ScenarioName, rows: readonly Row[]): PromiseCheck[] {
  return (PROMISES[name] ?? []).flatMap((promise) => {
    const row = rows.find((candidate) => candidate.name === promise.row)
    const measured =
      row && (promise.baseline === undefined ? row.snug : ratioToBaseline(row, promise.baseline))
    if (measured === undefined || Number.isNaN(measured)) return []
    const held = measured <= (promise.max ?? Infinity) && measured >= (promise.min ?? -Infinity)
    return [{ promise, measured, held }]
  })
}

/** The bound as text, such as `≤ 1.5 × C floor`. */
export function formatBound({ baseline, max, min }: PerformancePromise): string {
  return `${max === undefined ? '≥' : '≤'} ${max ?? min}${baseline === undefined ? '' : ` × ${baseline}`}`
}

// A row has only the ratio to the first baseline with the figure; NaN for the other baselines.
function ratioToBaseline(row: Row, baseline: string): number {
  const first = Object.entries(row.baselines).find(([, value]) => !Number.isNaN(value))?.[0]
  return first === baseline ? row.ratio : Number.NaN
}
