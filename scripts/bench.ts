// Measures dist/snug.cjs and its baselines (a floor in C, a plain node:http loop and others) in turn on one machine.

import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runBenchmark } from './bench/benchmark.ts'
import { HELP, type Options, readOptions } from './bench/options.ts'
import { writeReport } from './bench/report/document.ts'
import { runFullBenchmark } from './bench/report/full-run.ts'
import { formatReport } from './bench/report.ts'

const DOCS = join(import.meta.dirname, '..', 'docs')

async function runBench(options: Options): Promise<void> {
  if (!existsSync(options.snug)) throw new Error(`${options.snug} is missing: run \`npm run build\` first.`)
  const log = (line: string) => console.error(line)
  const findings = options.report ? await runFullBenchmark(options, log) : undefined
  const report = findings?.report ?? (await runBenchmark(options, log))
  if (findings) await writeReport(DOCS, findings)
  console.log(formatReport(report))
  if (options.json !== undefined)
    await writeFile(options.json, `${JSON.stringify(findings ?? report, null, 2)}\n`)
  const errors = [...report.scenarios.flatMap(({ errors }) => errors), ...(findings?.growth.errors ?? [])]
  if (errors.some((error) => error.startsWith('snug'))) {
    console.error('Snug lost, repeated, reordered or refused something; its figures can’t be trusted.')
    process.exitCode = 1
  }
}

// process.exit() runs the exit handler that kills the child processes.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1))
try {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') console.log(HELP)
  else await runBench(options)
} catch (error) {
  console.error(`The benchmark failed: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
}
