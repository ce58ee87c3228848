import { setTimeout as wait } from 'node:timers/promises'
import { residentBytes } from '../usage.ts'
import { Audience } from './audience.ts'
import type { ChurnJob, IdleJob } from './job.ts'
import { meter } from './meter.ts'
import type { ChurnOutcome, IdleOutcome } from './outcome.ts'
import { openSessions } from './sessions.ts'

/** Streams that are open before memory is first looked at: the first ones bring code and buffers along. */
const BASE = 250
const REST_MS = 700

/** After many came and went: until those who left are forgotten (10 s), and garbage is collected where nothing happens. */
const LONG_REST_MS = 13_000

/** Streams in which nothing happens. */
export async function stayIdle({ port, pid, subscribers, settleMs, ms }: IdleJob): Promise<IdleOutcome> {
  const audience = new Audience(await openSessions(port, subscribers))
  await audience.open(BASE)
  await wait(REST_MS)
  const before = residentBytes(pid)
  await audience.open(subscribers)
  await wait(REST_MS + settleMs)
  const spent = meter(pid)
  await wait(ms)
  const { serverCpuSeconds, seconds } = spent()
  const after = residentBytes(pid)
  audience.close()
  return {
    kind: 'idle',
    lost: audience.lost,
    bytesPerSubscriber:
      before === undefined || after === undefined ? undefined : (after - before) / subscribers,
    serverCpuSeconds,
    seconds,
  }
}

/** Streams that open and end. */
export async function comeAndGo({ port, pid, subscribers, rounds }: ChurnJob): Promise<ChurnOutcome> {
  const pages = await openSessions(port, subscribers)
  let lost = 0
  const once = async () => {
    const audience = new Audience(pages)
    await audience.open(subscribers)
    audience.close()
    lost += audience.lost
    await wait(REST_MS)
  }
  await wait(REST_MS)
  const fresh = residentBytes(pid)
  await once()
  await wait(LONG_REST_MS)
  const before = residentBytes(pid)
  const spent = meter(pid)
  let half: number | undefined
  for (let round = 1; round <= rounds; round++) {
    await once()
    if (round === Math.ceil(rounds / 2)) half = residentBytes(pid)
  }
  const { serverCpuSeconds } = spent()
  await wait(LONG_REST_MS)
  return {
    kind: 'churn',
    lost,
    fresh,
    before,
    half,
    after: residentBytes(pid),
    serverCpuSeconds: serverCpuSeconds && serverCpuSeconds / rounds / subscribers,
  }
}
