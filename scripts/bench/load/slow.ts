import { setTimeout as wait } from 'node:timers/promises'
import { countOpenFiles, readResidentBytes } from '../usage.ts'
import { DeliveryOrder } from './delivery-order.ts'
import type { SlowJob } from './job.ts'
import { startMeter } from './meter.ts'
import { Phase } from './phase.ts'
import { Publisher } from './publisher.ts'
import { quantilesOf } from './quantiles.ts'
import type { SlowResult } from './result.ts'
import { openSessions } from './sessions.ts'
import { SubscriberPool } from './subscriber-pool.ts'

const WARM_UP = 30
const REST_MS = 300
const SAMPLE_INTERVAL_MS = 100

/** The promised bound of one reader's buffer in the process (P9). */
const READER_BUFFER_MAX = 256 * 1024

/** Time for the server to cut the remaining stalled readers after the last message. */
const CUT_TIMEOUT_MS = 25_000

/** Stalled readers then read what the kernel has buffered, until nothing arrives for this time. */
const QUIET_MS = 700

/** A sample of the server's resources. */
interface ResourceSample {
  readonly at: number
  /** Bytes sent to one reader who continues to read. */
  readonly bytes: number
  readonly files: number | undefined
  readonly resident: number | undefined
}

/** Posts large messages at a steady rate; some readers stop reading. */
export async function runSlowReaders(job: SlowJob): Promise<SlowResult> {
  const { port, pid, subscribers, stalled, messages, textBytes, rate } = job
  const end = WARM_UP + messages
  const pages = await openSessions(port, subscribers)
  const publisher = new Publisher(pages.slice(0, 1), textBytes)
  const post = (number: number) => publisher.post(number)
  const warmUpPhase = new Phase(
    { first: 0, end: WARM_UP },
    { kind: 'in-flight', count: 8 },
    subscribers,
    post,
  )
  const measuredPhase = new Phase({ first: WARM_UP, end }, { kind: 'per-second', rate }, subscribers, post)
  const order = new DeliveryOrder(end)
  const latencies = new Float32Array(messages * subscribers)
  let deliveries = 0
  const pool = new SubscriberPool(pages, (position, number) => {
    if (number >= end || !order.recordDelivery(position, number)) return
    if (number < WARM_UP) warmUpPhase.recordDelivery(number)
    else latencies[deliveries++] = measuredPhase.recordDelivery(number)
  })
  const stalledPool = new SubscriberPool(pages)
  await pool.open(subscribers)
  if (stalled > 0) await stalledPool.open(stalled)
  await wait(REST_MS)
  // Connections that open during the measurement would distort the count of open files.
  await publisher.open()
  await warmUpPhase.run()
  await wait(REST_MS)

  stalledPool.stall(true)
  const stalledBefore = stalledPool.bytesRead
  const readBefore = pool.bytesRead
  const takeSample = (): ResourceSample => ({
    at: performance.now(),
    bytes: (pool.bytesRead - readBefore) / subscribers,
    files: countOpenFiles(pid),
    resident: readResidentBytes(pid),
  })
  const samples = [takeSample()]
  const sampling = setInterval(() => samples.push(takeSample()), SAMPLE_INTERVAL_MS)
  const stopMeter = startMeter(pid)
  await measuredPhase.run()
  const { serverCpuSeconds, seconds } = stopMeter()
  const backlog = samples.at(-1)?.bytes ?? 0
  const cutSoFar = () => countCut(samples, stalled) ?? stalled
  for (const since = performance.now(); cutSoFar() < stalled && performance.now() - since < CUT_TIMEOUT_MS; )
    await wait(SAMPLE_INTERVAL_MS)
  clearInterval(sampling)

  stalledPool.stall(false)
  for (let drained = -1; drained !== stalledPool.bytesRead; await wait(QUIET_MS))
    drained = stalledPool.bytesRead
  const kernelBufferBytes = stalled > 0 ? (stalledPool.bytesRead - stalledBefore) / stalled : 0
  const cutCount = countCut(samples, stalled)
  pool.close()
  stalledPool.close()
  publisher.close()
  return {
    kind: 'slow',
    endedByServer: pool.endedByServer,
    refused: publisher.refused,
    missing: messages * subscribers - deliveries,
    delivery: quantilesOf(latencies.subarray(0, deliveries)),
    residentRise: residentRiseOf(samples),
    serverCpuSeconds,
    seconds,
    backlog,
    kernelBufferBytes,
    cutCount,
    cutAfterMs:
      cutCount === undefined || stalled === 0 ? undefined : cutDelayOf(samples, stalled, kernelBufferBytes),
  }
}

/** The number of stalled readers whose stream was cut, from the number of open files. */
function countCut(samples: readonly ResourceSample[], stalled: number): number | undefined {
  const [first, last] = [samples[0]?.files, samples.at(-1)?.files]
  // The server may open a file itself, so the difference can be negative.
  return first === undefined || last === undefined ? undefined : Math.max(0, Math.min(stalled, first - last))
}

function residentRiseOf(samples: readonly ResourceSample[]): number | undefined {
  const residents = samples.map(({ resident }) => resident ?? Number.NaN)
  const rise = Math.max(...residents) - (residents[0] ?? Number.NaN)
  return Number.isNaN(rise) ? undefined : rise
}

/** Milliseconds; infinite if a stalled reader was not cut. */
function cutDelayOf(samples: readonly ResourceSample[], stalled: number, kernelBufferBytes: number): number {
  const full = samples.find(({ bytes }) => bytes >= kernelBufferBytes + READER_BUFFER_MAX)
  const allCut = samples.find((_sample, index) => countCut(samples.slice(0, index + 1), stalled) === stalled)
  if (!allCut) return Number.POSITIVE_INFINITY
  return full ? Math.max(0, allCut.at - full.at) : 0
}
