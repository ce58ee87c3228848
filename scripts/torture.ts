// Kills Snug with SIGKILL while people post and read in a kept room, and holds what is there afterwards against a log of
// every acknowledgement.

import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { torture } from './torture/torture.ts'

const HELP = `Kills Snug under load, again and again, and looks for what is lost, twice or disordered.

Usage: npm run torture -- [options]

  --cycles N      how often it is killed (100)
  --rate N        posts a second (200)
  --snug FILE     another program than dist/snug.cjs, such as dist/snug`

const READY_MS = 2000

/** Below this share of the rate it was not the load that was asked for. */
const RATE_MIN = 0.95

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '100' },
    rate: { type: 'string', default: '200' },
    snug: { type: 'string', default: join(import.meta.dirname, '..', 'dist', 'snug.cjs') },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help) console.log(HELP)
else {
  const rate = Number(values.rate)
  const { acknowledged, stored, perSecond, slowestStart, faults } = await torture({
    program: values.snug,
    cycles: Number(values.cycles),
    rate,
    say: console.error,
  })
  const late = slowestStart > READY_MS ? [`A start took ${Math.round(slowestStart)} ms`] : []
  const few = perSecond < rate * RATE_MIN ? [`Only ${Math.round(perSecond)} of ${rate} posts a second`] : []
  const under = `${Math.round(perSecond)} a second until each kill`
  console.log(`${acknowledged} posts acknowledged, ${under}; ${stored} messages stored.`)
  console.log(`The slowest start was ready after ${Math.round(slowestStart)} ms.`)
  const all = [...faults, ...late, ...few]
  for (const fault of all) console.log(fault)
  if (all.length > 0) process.exitCode = 1
  else console.log('None lost, none twice, all in order.')
}
