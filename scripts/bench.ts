// Measures dist/snug.cjs beside a floor in C, a plain node:http loop and others, in the same minute on the same machine.

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
  const say = (line: string) => console.error(line)
  const findings = options.report ? await runFullBenchmark(options, say) : undefined
  const report = findings?.report ?? (await runBenchmark(options, say))
  if (findings) await writeReport(DOCS, findings)
  console.log(formatReport(report))
  if (options.json !== undefined)
    await writeFile(options.json, `${JSON.stringify(findings ?? report, null, 2)}\n`)
  const faults = [...report.scenarios.flatMap(({ errors }) => errors), ...(findings?.growth.errors ?? [])]
  if (faults.some((fault) => fault.startsWith('snug'))) {
    console.error('Snug did not deliver every message once and in order.')
    process.exitCode = 1
  }
}

// Leaving ends the children too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1))
try {
  const options = readOptions(process.argv.slice(2))
  if (options === 'help') console.log(HELP)
  else await runBench(options)
} catch (error) {
  console.error(`No benchmark: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
}
