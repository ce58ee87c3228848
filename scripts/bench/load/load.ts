// The load process: does one job, given as JSON, prints its outcome as JSON in the last line, and ends.

import { probe, saturate } from './crowd.ts'
import { fanOut } from './fan-out.ts'
import { comeAndGo, stayIdle } from './idle.ts'
import type { Job } from './job.ts'
import type { Outcome } from './outcome.ts'
import { postMany } from './posters.ts'
import { relay } from './relay.ts'
import { slowDown } from './slow.ts'

// When the benchmark is gone, so is its load.
process.stdin.on('end', () => process.exit(1)).resume()
const job = JSON.parse(process.argv[2] ?? '') as Job
const outcome = await does(job)
process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit(0))

function does(job: Job): Promise<Outcome> {
  switch (job.kind) {
    case 'idle':
      return stayIdle(job)
    case 'churn':
      return comeAndGo(job)
    case 'crowd':
      return saturate(job)
    case 'probe':
      return probe(job)
    case 'slow':
      return slowDown(job)
    case 'post':
      return postMany(job)
    case 'relay':
      return relay(job)
    case 'fan-out':
      return fanOut(job)
  }
}
