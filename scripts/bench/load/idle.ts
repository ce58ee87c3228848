import { setTimeout as wait } from 'node:timers/promises'
import { readResidentBytes } from '../usage.ts'
import type { ChurnJob, IdleJob } from './job.ts'
import { startMeter } from './meter.ts'
import type { ChurnResult, IdleResult } from './result.ts'
import { openSessions } from './sessions.ts'
import { SubscriberPool } from './subscriber-pool.ts'

/** Streams that are open before memory is first looked at: the first ones bring code and buffers along. */
const BASE_STREAMS = 250
const REST_MS = 700

/** After many came and went: until those who left are forgotten (10 s), and garbage is collected where nothing happens. */
const LONG_REST_MS = 13_000

/** Streams in which nothing happens. */
export async function holdIdleStreams({
  port,
  pid,
  subscribers,
  settleMs,
  ms,
}: IdleJob): Promise<IdleResult> {
  const audience = new SubscriberPool(await openSessions(port, subscribers))
  await audience.open(BASE_STREAMS)
  await wait(REST_MS)
  const before = readResidentBytes(pid)
  await audience.open(subscribers)
  await wait(REST_MS + settleMs)
  const spent = startMeter(pid)
  await wait(ms)
  const { serverCpuSeconds, seconds } = spent()
  const after = readResidentBytes(pid)
  audience.close()
  return {
    kind: 'idle',
    endedByServer: audience.endedByServer,
    bytesPerSubscriber:
      before === undefined || after === undefined ? undefined : (after - before) / subscribers,
    serverCpuSeconds,
    seconds,
  }
}

/** Streams that open and end. */
export async function churnStreams({ port, pid, subscribers, rounds }: ChurnJob): Promise<ChurnResult> {
  const pages = await openSessions(port, subscribers)
  let endedByServer = 0
  const once = async () => {
    const audience = new SubscriberPool(pages)
    await audience.open(subscribers)
    audience.close()
    endedByServer += audience.endedByServer
    await wait(REST_MS)
  }
  await wait(REST_MS)
  const fresh = readResidentBytes(pid)
  await once()
  await wait(LONG_REST_MS)
  const before = readResidentBytes(pid)
  const spent = startMeter(pid)
  let half: number | undefined
  for (let round = 1; round <= rounds; round++) {
    await once()
    if (round === Math.ceil(rounds / 2)) half = readResidentBytes(pid)
  }
  const { serverCpuSeconds } = spent()
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
