import { setTimeout as wait } from 'node:timers/promises'
import { readResidentBytes } from '../usage.ts'
import type { ChurnJob, IdleJob } from './job.ts'
import { startMeter } from './meter.ts'
import type { ChurnResult, IdleResult } from './result.ts'
import { openSessions } from './sessions.ts'
import { SubscriberPool } from './subscriber-pool.ts'

/** Streams opened before memory is first measured, because the first ones load code and allocate buffers. */
const BASE_STREAMS = 250
const REST_MS = 700

/** Pause after many have left: the server forgets them after 10 s, and collects garbage when it is idle. */
const LONG_REST_MS = 13_000

/** Measures memory and CPU of streams with only heartbeats. */
export async function holdIdleStreams({
  port,
  pid,
  subscribers,
  settleMs,
  ms,
}: IdleJob): Promise<IdleResult> {
  const pool = new SubscriberPool(await openSessions(port, subscribers))
  await pool.open(BASE_STREAMS)
  await wait(REST_MS)
  const before = readResidentBytes(pid)
  await pool.open(subscribers)
  await wait(REST_MS + settleMs)
  const stopMeter = startMeter(pid)
  await wait(ms)
  const { serverCpuSeconds, seconds } = stopMeter()
  const after = readResidentBytes(pid)
  pool.close()
  return {
    kind: 'idle',
    endedByServer: pool.endedByServer,
    bytesPerSubscriber:
      before === undefined || after === undefined ? undefined : (after - before) / subscribers,
    serverCpuSeconds,
    seconds,
  }
}

/** Measures memory and CPU of streams that open and close, again and again. */
export async function churnStreams({ port, pid, subscribers, rounds }: ChurnJob): Promise<ChurnResult> {
  const pages = await openSessions(port, subscribers)
  let endedByServer = 0
  const runRound = async () => {
    const pool = new SubscriberPool(pages)
    await pool.open(subscribers)
    pool.close()
    endedByServer += pool.endedByServer
    await wait(REST_MS)
  }
  await wait(REST_MS)
  const fresh = readResidentBytes(pid)
  await runRound()
  await wait(LONG_REST_MS)
  const before = readResidentBytes(pid)
  const stopMeter = startMeter(pid)
  let half: number | undefined
  for (let round = 1; round <= rounds; round++) {
    await runRound()
    if (round === Math.ceil(rounds / 2)) half = readResidentBytes(pid)
  }
  const { serverCpuSeconds } = stopMeter()
  await wait(LONG_REST_MS)
  return {
    kind: 'churn',
    endedByServer,
    fresh,
    before,
    half,
    after: readResidentBytes(pid),
    serverCpuSeconds: serverCpuSeconds && serverCpuSeconds / rounds / subscribers,
  }
}
