// The load process: runs one job, given as JSON, prints its result as JSON in the last line, and exits.

import { probeServer, saturateRoom } from './crowd.ts'
import { runFanOut } from './fan-out.ts'
import { churnStreams, holdIdleStreams } from './idle.ts'
import type { Job } from './job.ts'
import { runPosters } from './posters.ts'
import { runRelayRounds } from './relay.ts'
import type { JobResult } from './result.ts'
import { runSlowReaders } from './slow.ts'

// Exits with the benchmark, which holds the other end of standard input.
process.stdin.on('end', () => process.exit(1)).resume()
const job = JSON.parse(process.argv[2] ?? '') as Job
const result = await runJob(job)
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0))

function runJob(job: Job): Promise<JobResult> {
  switch (job.kind) {
    case 'idle':
      return holdIdleStreams(job)
    case 'churn':
      return churnStreams(job)
    case 'crowd':
      return saturateRoom(job)
    case 'probe':
      return probeServer(job)
    case 'slow':
      return runSlowReaders(job)
    case 'post':
      return runPosters(job)
    case 'relay':
      return runRelayRounds(job)
    case 'fan-out':
      return runFanOut(job)
  }
}
