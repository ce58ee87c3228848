import type { Report, ScenarioReport } from './benchmark.ts'
import type { Row } from './figures.ts'
import type { Machine } from './machine.ts'

const NAME_WIDTH = 38
const COLUMN_WIDTH = 12

/** The report as a table. */
export function formatReport({ machine, runs, scenarios }: Report): string {
  return [
    ...describe(machine),
    `Figures are medians of ${runs === 1 ? 'one run' : `${runs} runs`}, ratios those of Snug to what it was measured beside.`,
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

function formatScenario({ name, what, other, rows, faults }: ScenarioReport): string[] {
  return [
    '',
    `${name}: ${what}`,
    line('', 'snug', other, 'ratio'),
    ...rows.map(({ name, snug, other, ratio }: Row) =>
      line(name, figure(snug), figure(other), figure(ratio)),
    ),
    ...faults.map((fault) => `  WRONG  ${fault}`),
  ]
}

function line(name: string, ...columns: string[]): string {
  return `  ${name.padEnd(NAME_WIDTH)}${columns.map((column) => column.padStart(COLUMN_WIDTH)).join('')}`
}

function figure(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en')
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2)
}
