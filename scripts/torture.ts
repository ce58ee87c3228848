// Kills Snug with SIGKILL while members post and read in a kept room, then compares the history with every
// acknowledgement. With --redis, injects faults into the Redis between two processes, promotes replicas that lack
// acknowledged messages, and starts and kills processes on a Redis in trouble; then compares what readers received.
// With --soak, uses one server for a long time and looks for what grows as well.

import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { duration } from '../src/config/flag-values.ts'
import { FAILOVER_CASES, tortureFailover } from './torture/clustered/failover.ts'
import { ALL_FAULTS } from './torture/clustered/faults.ts'
import { ALL_SCENARIOS, runScenario } from './torture/clustered/scenarios.ts'
import { tortureClustered } from './torture/clustered/torture.ts'
import { describeFigures } from './torture/soak/figures.ts'
import { soak } from './torture/soak/soak.ts'
import { torture } from './torture/torture.ts'

const HELP = `Kills Snug under load, again and again, and looks for messages that are lost, repeated or out of order.

Usage: npm run torture -- [options]

  --cycles N      number of kills (100); with --redis, rounds of all faults (1)
  --rate N        posts per second (200; with --soak, 20)
  --redis         run two processes on one Redis, and kill, stop, fail over and empty Redis instead
  --soak TIME     use one server that long, such as 25m, with readers whose connections are cut, and show its memory,
                  descriptors and delay at the start, in the middle and at the end
  --snug FILE     the program to test (dist/snug.cjs), such as dist/snug`

const READY_MAX_MS = 2000
const RECOVERY_MAX_MS = 5000

/** Sentinel begins a failover after a second. If its first election fails, it holds another one. */
const FAILOVER_MAX_MS = 12_000
const POST_INTERVAL_MS = 25

/** A shorter soak would measure little but the start. */
const SOAK_MIN_MS = 5000

/** With a smaller share of the requested rate, the run proves nothing. */
const RATE_SHARE_MIN = 0.95

const { values } = parseArgs({
  options: {
    cycles: { type: 'string' },
    rate: { type: 'string' },
    redis: { type: 'boolean', default: false },
    soak: { type: 'string' },
    snug: { type: 'string', default: join(import.meta.dirname, '..', 'dist', 'snug.cjs') },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help) console.log(HELP)
else if (values.soak !== undefined)
  await runSoak(values.snug, duration(SOAK_MIN_MS)(values.soak), Number(values.rate ?? 20))
else if (values.redis) await runClustered(values.snug, Number(values.cycles ?? 1))
else await runStandalone(values.snug, Number(values.cycles ?? 100), Number(values.rate ?? 200))

async function runStandalone(program: string, cycles: number, rate: number): Promise<void> {
  const { acknowledged, stored, perSecond, slowestStart, violations } = await torture({
    program,
    cycles,
    rate,
    log: console.error,
  })
  const slow = slowestStart > READY_MAX_MS ? [`A start took ${Math.round(slowestStart)} ms`] : []
  const tooFew =
    perSecond < rate * RATE_SHARE_MIN ? [`Only ${Math.round(perSecond)} of ${rate} posts per second`] : []
  const load = `${Math.round(perSecond)} per second until each kill`
  console.log(`${acknowledged} posts acknowledged, ${load}; ${stored} messages stored.`)
  console.log(`The slowest start was ready after ${Math.round(slowestStart)} ms.`)
  printVerdict([...violations, ...slow, ...tooFew])
}

async function runClustered(program: string, cycles: number): Promise<void> {
  const faults = Array.from({ length: cycles }, () => ALL_FAULTS).flat()
  const { acknowledged, refused, gaps, slowestRecovery, violations } = await tortureClustered({
    program,
    faults,
    everyMs: POST_INTERVAL_MS,
    log: console.error,
  })
  const slow = slowestRecovery > RECOVERY_MAX_MS ? [`A recovery took ${Math.round(slowestRecovery)} ms`] : []
  console.log(
    `${acknowledged} posts acknowledged, ${refused} refused; ${gaps} gaps announced in the vanishing room.`,
  )
  console.log(`The slowest recovery took ${Math.round(slowestRecovery)} ms.`)
  const failovers = await runFailovers(program, cycles)
  const scenarios: string[] = []
  for (const scenario of ALL_SCENARIOS) {
    console.error(scenario.name)
    scenarios.push(...(await runScenario(scenario, { program, log: console.error })))
  }
  printVerdict([...violations, ...slow, ...failovers, ...scenarios])
}

async function runFailovers(program: string, cycles: number): Promise<string[]> {
  const found: string[] = []
  let [acknowledged, lost, slowest] = [0, 0, 0]
  for (const options of Array.from({ length: cycles }, () => FAILOVER_CASES).flat()) {
    const report = await tortureFailover({
      ...options,
      program,
      everyMs: POST_INTERVAL_MS,
      log: console.error,
    })
    acknowledged += report.acknowledged
    lost += report.lost
    slowest = Math.max(slowest, report.slowestFailover)
    found.push(...report.violations)
    if (report.slowestRecovery > RECOVERY_MAX_MS)
      found.push(`Recovery after a promotion took ${Math.round(report.slowestRecovery)} ms`)
  }
  if (slowest > FAILOVER_MAX_MS) found.push(`A failover took ${Math.round(slowest)} ms`)
  console.log(`${lost} of ${acknowledged} posts were lost with primaries, and readers were told of it.`)
  console.log(`The slowest failover took ${Math.round(slowest)} ms.`)
  return found
}

async function runSoak(program: string, durationMs: number, rate: number): Promise<void> {
  const { violations, ...report } = await soak({ program, durationMs, rate, log: console.error })
  const { acknowledged, changes, streams, visitors } = report
  console.log(
    `${acknowledged} posts acknowledged, ${changes} changes; ${streams} streams opened, ${visitors} visitors.`,
  )
  for (const part of ['start', 'middle', 'end'] as const) console.log(describeFigures(part, report[part]))
  printVerdict(violations)
}

function printVerdict(violations: readonly string[]): void {
  for (const violation of violations) console.log(violation)
  if (violations.length > 0) process.exitCode = 1
  else console.log('No message was lost in silence, repeated or out of order, and no id was used twice.')
}
