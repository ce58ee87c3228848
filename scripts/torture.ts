// Kills Snug with SIGKILL while people post and read in a kept room, and holds what is there afterwards against a log of
// every acknowledgement; or does all manner of things to the Redis between two processes, and compares what their readers
// were told.

import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ALL_FAULTS } from './torture/clustered/faults.ts'
import { tortureClustered } from './torture/clustered/torture.ts'
import { torture } from './torture/torture.ts'

const HELP = `Kills Snug under load, again and again, and looks for what is lost, twice or disordered.

Usage: npm run torture -- [options]

  --cycles N      how often it is killed (100)
  --rate N        posts a second (200)
  --redis         two processes on one Redis instead, which is killed, stopped and cut off; once per cycle (1)
  --snug FILE     another program than dist/snug.cjs, such as dist/snug`

const READY_MAX_MS = 2000
const RECOVERY_MAX_MS = 5000
const POST_INTERVAL_MS = 25

/** Below this share of the rate it was not the load that was asked for. */
const RATE_SHARE_MIN = 0.95

const { values } = parseArgs({
  options: {
    cycles: { type: 'string' },
    rate: { type: 'string', default: '200' },
    redis: { type: 'boolean', default: false },
    snug: { type: 'string', default: join(import.meta.dirname, '..', 'dist', 'snug.cjs') },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help) console.log(HELP)
else if (values.redis) await runClustered(values.snug, Number(values.cycles ?? 1))
else await runStandalone(values.snug, Number(values.cycles ?? 100), Number(values.rate))

async function runStandalone(program: string, cycles: number, rate: number): Promise<void> {
  const { acknowledged, stored, perSecond, slowestStart, violations } = await torture({
    program,
    cycles,
    rate,
    log: console.error,
  })
  const late = slowestStart > READY_MAX_MS ? [`A start took ${Math.round(slowestStart)} ms`] : []
  const few =
    perSecond < rate * RATE_SHARE_MIN ? [`Only ${Math.round(perSecond)} of ${rate} posts a second`] : []
  const under = `${Math.round(perSecond)} a second until each kill`
  console.log(`${acknowledged} posts acknowledged, ${under}; ${stored} messages stored.`)
  console.log(`The slowest start was ready after ${Math.round(slowestStart)} ms.`)
  printVerdict([...violations, ...late, ...few])
}

async function runClustered(program: string, cycles: number): Promise<void> {
  const torments = Array.from({ length: cycles }, () => ALL_FAULTS).flat()
  const { acknowledged, refused, gaps, slowestRecovery, violations } = await tortureClustered({
    program,
    faults: torments,
    everyMs: POST_INTERVAL_MS,
    log: console.error,
  })
  const late = slowestRecovery > RECOVERY_MAX_MS ? [`A recovery took ${Math.round(slowestRecovery)} ms`] : []
  console.log(
    `${acknowledged} posts acknowledged, ${refused} refused; ${gaps} gaps announced in the vanishing room.`,
  )
  console.log(`All were heard again after ${Math.round(slowestRecovery)} ms at most.`)
  printVerdict([...violations, ...late])
}

function printVerdict(faults: readonly string[]): void {
  for (const fault of faults) console.log(fault)
  if (faults.length > 0) process.exitCode = 1
  else console.log('None lost, none twice, all in order.')
}
