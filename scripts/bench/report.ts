import type { Report, ScenarioReport } from './benchmark.ts'
import type { Machine } from './machine.ts'
import { formatBound, type PromiseCheck } from './promises.ts'

const NAME_WIDTH = 38
const COLUMN_WIDTH = 12
const GAP = 2

/** The report as plain text. */
export function formatReport({ machine, unavailable, scenarios }: Report): string {
  return [
    ...describeHost(machine),
    'Figures are medians of the runs. The ratio is Snug to the first other column that has the figure.',
    ...unavailable,
    ...scenarios.flatMap(formatScenario),
  ].join('\n')
}

function describeHost(machine: Machine): string[] {
  const { cpu, cores, memoryGiB, system, node, pinning, loadAverage, date } = machine
  return [
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}, ${date}`,
    `${pinning[0]?.toUpperCase()}${pinning.slice(1)}; load average before: ${loadAverage}`,
  ]
}

function formatScenario({
  name,
  description,
  runs,
  columns,
  rows,
  promises,
  errors,
}: ScenarioReport): string[] {
  const widths = ['snug', ...columns, 'ratio'].map((column) => Math.max(COLUMN_WIDTH, column.length + GAP))
  const line = (name: string, cells: readonly string[]) =>
    `  ${name.padEnd(NAME_WIDTH)}${cells.map((cell, index) => cell.padStart(widths[index] ?? 0)).join('')}`
  return [
    '',
    `${name}: ${description}${runs === 1 ? '' : ` (${runs} runs)`}`,
    line('', ['snug', ...columns, ...(columns.length > 0 ? ['ratio'] : [])]),
    ...rows.map(({ name, snug, baselines, ratio }) => {
      const cells = [snug, ...columns.map((column) => baselines[column] ?? Number.NaN), ratio]
      return line(name, cells.slice(0, columns.length > 0 ? undefined : 1).map(formatFigure))
    }),
    ...promises.map(formatPromise),
    ...errors.map((error) => `  ERROR  ${error}`),
  ]
}

function formatPromise({ promise, measured, held }: PromiseCheck): string {
  return `  ${held ? 'met   ' : 'MISSED'} ${promise.row} ${formatBound(promise)}: ${formatFigure(measured)}`
}

/** A figure with its significant digits; `–` for NaN, `never` for infinity. */
export function formatFigure(value: number): string {
  if (Number.isNaN(value)) return '–'
  if (!Number.isFinite(value)) return 'never'
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en')
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2)
}
