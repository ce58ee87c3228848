import type { Report, ScenarioReport } from './benchmark.ts'
import type { Machine } from './machine.ts'
import { bound, type Held } from './promises.ts'

const NAME_WIDTH = 38
const COLUMN_WIDTH = 12
const GAP = 2

/** The report as a table. */
export function formatReport({ machine, lacks, scenarios }: Report): string {
  return [
    ...describe(machine),
    'Figures are medians of the runs, ratios those of Snug to the first that stands beside it.',
    ...lacks,
    ...scenarios.flatMap(formatScenario),
  ].join('\n')
}

function describe(machine: Machine): string[] {
  const { cpu, cores, memoryGiB, system, node, pinning, loadAverage, date } = machine
  return [
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}, ${date}`,
    `${pinning[0]?.toUpperCase()}${pinning.slice(1)}; load average before: ${loadAverage}`,
  ]
}

function formatScenario({ name, what, runs, columns, rows, promises, faults }: ScenarioReport): string[] {
  const widths = ['snug', ...columns, 'ratio'].map((column) => Math.max(COLUMN_WIDTH, column.length + GAP))
  const line = (name: string, cells: readonly string[]) =>
    `  ${name.padEnd(NAME_WIDTH)}${cells.map((cell, index) => cell.padStart(widths[index] ?? 0)).join('')}`
  return [
    '',
    `${name}: ${what}${runs === 1 ? '' : ` (${runs} runs)`}`,
    line('', ['snug', ...columns, ...(columns.length > 0 ? ['ratio'] : [])]),
    ...rows.map(({ name, snug, beside, ratio }) => {
      const cells = [snug, ...columns.map((column) => beside[column] ?? Number.NaN), ratio]
      return line(name, cells.slice(0, columns.length > 0 ? undefined : 1).map(figure))
    }),
    ...promises.map(inWords),
    ...faults.map((fault) => `  WRONG  ${fault}`),
  ]
}

function inWords({ promised, found, held }: Held): string {
  return `  ${held ? 'held  ' : 'BROKEN'} ${promised.row} ${bound(promised)}: ${figure(found)}`
}

/** With as many digits as mean something. */
export function figure(value: number): string {
  if (Number.isNaN(value)) return '–'
  if (!Number.isFinite(value)) return 'never'
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en')
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2)
}
