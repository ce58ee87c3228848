import { FLOOR } from './contenders.ts'
import { CPU_PER_DELIVERY, type Row } from './figures.ts'
import { cpuOf } from './measure/formats.ts'
import { BUSY_WHILE_IDLE, RSS_PER_SUBSCRIBER } from './measure/idle.ts'
import type { ScenarioName } from './scenarios.ts'

/** What a row must come to. */
export interface Promised {
  readonly row: string
  /** Beside what the ratio is taken; undefined where the figure itself is promised. */
  readonly to?: string
  readonly most?: number
  readonly least?: number
}

export interface Held {
  readonly promised: Promised
  readonly found: number
  readonly held: boolean
}

/** What is promised of Snug, scenario by scenario. */
const PROMISES: Readonly<Partial<Record<ScenarioName, readonly Promised[]>>> = {
  saturated: [{ row: CPU_PER_DELIVERY, to: FLOOR, most: 1.5 }],
  'saturated-10k': [{ row: CPU_PER_DELIVERY, to: FLOOR, most: 1.5 }],
  trickle: [{ row: CPU_PER_DELIVERY, to: FLOOR, most: 1.8 }],
  'high-rate': [{ row: 'latency p99, ms', most: 60 }],
  idle: [
    { row: RSS_PER_SUBSCRIBER, most: 6.5 },
    { row: BUSY_WHILE_IDLE, most: 1 },
    { row: BUSY_WHILE_IDLE, to: FLOOR, most: 1.5 },
  ],
  churn: [{ row: 'RSS after them, MB', to: 'after one round', most: 1.05 }],
  fairness: [
    { row: 'small room delivered p99, ms', most: 50 },
    { row: '/healthz max, ms', most: 50 },
    { row: 'event-loop delay p99, ms', most: 25 },
  ],
  pages: [{ row: 'pages per second of CPU', to: 'node:http, same bytes', least: 0.4 }],
  posts: [{ row: 'posts per second of CPU', to: 'Hono, same form', least: 0.5 }],
  frame: [{ row: 'htmx, bytes', most: 320 }],
  slow: [
    { row: 'cut after 256 KiB waited, s', most: 20 },
    { row: 'RSS rise, MB', most: 60 },
    // Two runs of the same differ by less than that.
    { row: 'others’ latency p99, ms', to: 'nobody stalled', most: 1.15 },
  ],
  formats: (['live.html', 'live.ndjson', 'live.txt'] as const).map((format) => ({
    row: cpuOf(format),
    to: 'htmx frames',
    most: 1,
  })),
  start: [{ row: 'RSS at rest, MB', most: 90 }],
}

/** What the rows of a scenario say of what is promised; nothing of what could not be measured. */
export function judge(name: ScenarioName, rows: readonly Row[]): Held[] {
  return (PROMISES[name] ?? []).flatMap((promised) => {
    const row = rows.find((candidate) => candidate.name === promised.row)
    const found = row && (promised.to === undefined ? row.snug : ratioTo(row, promised.to))
    if (found === undefined || Number.isNaN(found)) return []
    const held = found <= (promised.most ?? Infinity) && found >= (promised.least ?? -Infinity)
    return [{ promised, found, held }]
  })
}

/** A promise in words. */
export function bound({ to, most, least }: Promised): string {
  return `${most === undefined ? '≥' : '≤'} ${most ?? least}${to === undefined ? '' : ` × ${to}`}`
}

// The median of the rounds' ratios, where the row has it: it is that to the first that stands beside.
function ratioTo(row: Row, to: string): number {
  const first = Object.entries(row.beside).find(([, value]) => !Number.isNaN(value))?.[0]
  return first === to ? row.ratio : Number.NaN
}
