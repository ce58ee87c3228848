import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Report } from '../benchmark.ts'
import type { Machine } from '../machine.ts'
import { formatBound } from '../promises.ts'
import { formatFigure } from '../report.ts'
import type { Findings } from './findings.ts'
import { drawPlots } from './plots.ts'
import { formatTable } from './table.ts'
import { growthSections, peersTable } from './tables.ts'

/** Writes `performance.md` and its plots from the findings alone. */
export async function writeReport(folder: string, findings: Findings): Promise<void> {
  const plots = join(folder, 'performance')
  await mkdir(plots, { recursive: true })
  for (const [name, svg] of Object.entries(drawPlots(findings)))
    await writeFile(join(plots, `${name}.svg`), svg)
  await writeFile(join(folder, 'performance.md'), formatDocument(findings))
}

/** A higher load average before the benchmark means that other programs distort every figure. */
const BUSY_LOAD_AVERAGE = 0.7
const BUSY_WARNING =
  '**The machine was busy with other programs** during these measurements: only the CPU times mean anything, and even they mean little.'

/** @returns Markdown */
function formatDocument(findings: Findings): string {
  const { report, growth, unavailable } = findings
  const errors = [...report.scenarios.flatMap(({ errors }) => errors), ...growth.errors]
  return [
    '# Performance',
    'Written by `npm run bench -- --report`, including every figure and plot: do not edit it by hand. Figures of one machine mean little; **ratios within one run** show how Snug compares with other software at the same time.',
    ...(report.machine.loadAverage > BUSY_LOAD_AVERAGE ? [BUSY_WARNING] : []),
    ...unavailable,
    ...(errors.length > 0 ? ['**There were errors during the measurements**, so figures may be wrong:'] : []),
    ...(errors.length > 0 ? [errors.map((error) => `- ${error}`).join('\n')] : []),
    machineSection(findings),
    promisesSection(report),
    peersTable(findings),
    ...growthSections(findings),
    ...scenarioSections(report),
    REPEAT_SECTION,
  ]
    .join('\n\n')
    .concat('\n')
}

function machineSection({ report: { machine }, versions, minutes, frameBytes }: Findings): string {
  const { cpu, cores, memoryGiB, system, node, date } = machine satisfies Machine
  const others = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return `## How it was measured

${date}, on ${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node}${others.length > 0 ? `; ${others.join(', ')}` : ''}. ${machine.pinning[0]?.toUpperCase()}${machine.pinning.slice(1)}. All traffic goes over loopback. The load average before the benchmark was ${machine.loadAverage}. The benchmark took ${formatFigure(minutes)} minutes.

Snug runs as released, with its limits off: real pages give real sessions, messages are posted as the page’s form sends them, and each is rendered, numbered and delivered. Each reader must receive each message once, in the same order as all others. A message has 120 bytes of text, and its htmx frame has ${frameBytes} bytes on the wire. The other servers send frames of the same size.

- The **C floor** is one thread of C that does hardly anything: the messages of one turn of its loop are joined and sent to each reader with one \`send\`. It is the cost of the kernel.
- The **plain loop** is \`node:http\` with one \`write\` per message and reader.
- **CPU per delivery** is the CPU time of the server's process, in user space and kernel, divided by the number of messages that reached readers. It is the figure to trust: latency and throughput also depend on the load, which runs on the same machine.
- **Saturated**: eight messages are in flight, each until every reader has it. Messages that arrive together are sent together, so a delivery costs less under load; at five messages per second, each delivery costs a whole \`send\` and wakes a sleeping reader.`
}

function promisesSection({ scenarios }: Report): string {
  const rows = scenarios.flatMap(({ name, promises }) =>
    promises.map(({ promise, measured, held }) => [
      `${name}: ${promise.row}`,
      formatBound(promise),
      formatFigure(measured),
      held ? 'yes' : '**no**',
    ]),
  )
  return `## What is promised\n\nA ratio is the median of the ratios of all runs.\n\n${formatTable(['', 'promised', 'measured', 'met'], rows)}`
}

function scenarioSections({ scenarios }: Report): string[] {
  const sections = scenarios.map(({ name, description, runs, columns, rows }) => {
    const head = ['', 'Snug', ...columns, ...(columns.length > 0 ? ['ratio'] : [])]
    const cells = rows.map((row) => [
      row.name,
      row.snug,
      ...columns.map((column) => row.baselines[column] ?? Number.NaN),
      ...(columns.length > 0 ? [row.ratio] : []),
    ])
    const runCount = runs === 1 ? 'one run' : `medians of ${runs} runs`
    return `### ${name}\n\n${description[0]?.toUpperCase()}${description.slice(1)}; ${runCount}.\n\n${formatTable(head, cells)}`
  })
  return ['## All scenarios\n\nThe ratio is Snug to the first other column that has the figure.', ...sections]
}

const REPEAT_SECTION = `## How to repeat it

\`\`\`
npm run bench -- --report            # writes this page again
npm run bench -- --report --peers    # with libraries from the registry, installed into .cache/bench-peers
npm run bench -- --scenario saturated --runs 5
npm run bench -- --help
\`\`\`

Use the machine for nothing else meanwhile. \`cc\`, \`redis-server\` and nginx with nchan are used if they are installed; NCHAN_MODULE is the path of the nchan module.`
