// The load process: does one job, given as JSON, prints its outcome as JSON, and ends.

import { setTimeout as wait } from 'node:timers/promises'
import { Audience } from './audience.ts'
import type { FanOutJob, FanOutOutcome, IdleJob, IdleOutcome, Job, PostOutcome, RelayOutcome } from './job.ts'
import { Ledger } from './ledger.ts'
import { openPage } from './page.ts'
import { Phase } from './phase.ts'
import { postMany } from './posters.ts'
import { Publisher } from './publisher.ts'
import { relay } from './relay.ts'
import { quantile } from './statistics.ts'
import { cpuSeconds, residentBytes } from './usage.ts'

/** Different people: each has a session from a page of their own. */
const SESSIONS = 20

/** After all have subscribed, and between warming up and measuring. */
const REST_MS = 150

/** Duplicates that come late are waited for so long. */
const AFTERMATH_MS = 100

/** Streams that are open before memory is first looked at: the first ones bring code and buffers along. */
const IDLE_BASE = 250
const IDLE_REST_MS = 700

// When the benchmark is gone, so is its load.
process.stdin.on('end', () => process.exit(1)).resume()
const job = JSON.parse(process.argv[2] ?? '') as Job
const outcome = await does(job)
process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit(0))

function does(job: Job): Promise<FanOutOutcome | IdleOutcome | PostOutcome | RelayOutcome> {
  switch (job.kind) {
    case 'idle':
      return stayIdle(job)
    case 'post':
      return postMany(job)
    case 'relay':
      return relay(job)
    case 'fan-out':
      return fanOut(job)
  }
}

async function fanOut({ port, pid, subscribers, warmUp, messages, pace }: FanOutJob): Promise<FanOutOutcome> {
  const pages = await openPages(port, subscribers)
  const [page] = pages
  if (!page) throw new Error('There is nobody to post')
  const end = warmUp + messages
  const ledger = new Ledger(end)
  const publisher = new Publisher(port, page)
  const post = (number: number) => publisher.post(number)
  const warming = new Phase({ first: 0, end: warmUp }, { kind: 'in-flight', count: 8 }, subscribers, post)
  const measured = new Phase({ first: warmUp, end }, pace, subscribers, post)
  const latencies = new Float32Array(messages * subscribers)
  let deliveries = 0
  const audience = new Audience(port, pages, (place, number) => {
    if (number >= end || !ledger.take(place, number)) return
    if (number < warmUp) warming.delivered(number)
    else latencies[deliveries++] = measured.delivered(number)
  })

  await audience.open(subscribers)
  await wait(REST_MS)
  await warming.run()
  await wait(REST_MS)
  const before = meter(pid, audience)
  await measured.run()
  const spent = before()
  await wait(AFTERMATH_MS)
  audience.close()
  publisher.close()

  const sorted = latencies.subarray(0, deliveries).sort()
  return {
    kind: 'fan-out',
    expected: messages * subscribers,
    deliveries,
    duplicates: ledger.duplicates,
    disordered: ledger.disordered,
    refused: publisher.refused,
    lost: audience.lost,
    ...spent,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    max: quantile(sorted, 1),
    bytesPerDelivery: spent.bytes / deliveries,
  }
}

async function stayIdle({ port, pid, subscribers }: IdleJob): Promise<IdleOutcome> {
  const audience = new Audience(port, await openPages(port, subscribers), () => {})
  await audience.open(IDLE_BASE)
  await wait(IDLE_REST_MS)
  const before = residentBytes(pid)
  await audience.open(subscribers)
  await wait(IDLE_REST_MS)
  const after = residentBytes(pid)
  audience.close()
  return {
    kind: 'idle',
    lost: audience.lost,
    bytesPerSubscriber:
      before === undefined || after === undefined ? undefined : (after - before) / subscribers,
  }
}

function openPages(port: number, subscribers: number) {
  return Promise.all(Array.from({ length: Math.min(SESSIONS, subscribers) }, () => openPage(port)))
}

/** Begins to measure; what is returned ends it. */
function meter(pid: number, audience: Audience) {
  const own = process.cpuUsage()
  const bytes = audience.bytesRead
  const server = cpuSeconds(pid)
  const started = performance.now()
  return () => {
    const seconds = (performance.now() - started) / 1000
    const serverNow = cpuSeconds(pid)
    const { user, system } = process.cpuUsage(own)
    return {
      seconds,
      serverCpuSeconds: server === undefined || serverNow === undefined ? undefined : serverNow - server,
      loadCpuSeconds: (user + system) / 1e6,
      bytes: audience.bytesRead - bytes,
    }
  }
}
