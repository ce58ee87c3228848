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

/** So much may wait for one reader in the process, as is promised. */
const READER_BUFFER_MAX = 256 * 1024

/** Those who still have a stream are given so long to be cut when all is sent. */
const CUT_TIMEOUT_MS = 25_000

/** What was kept for those who stalled is read until nothing came for so long. */
const QUIET_MS = 700

/** What was seen at one moment. */
interface ResourceSample {
  readonly at: number
  /** That one reader who reads on was sent. */
  readonly bytes: number
  readonly files: number | undefined
  readonly resident: number | undefined
}

/** Large messages at a steady rate, to readers of whom some read nothing. */
export async function runSlowReaders(job: SlowJob): Promise<SlowResult> {
  const { port, pid, subscribers, stalled, messages, textBytes, rate } = job
  const end = WARM_UP + messages
  const pages = await openSessions(port, subscribers)
  const publisher = new Publisher(pages.slice(0, 1), textBytes)
  const post = (number: number) => publisher.post(number)
  const warming = new Phase({ first: 0, end: WARM_UP }, { kind: 'in-flight', count: 8 }, subscribers, post)
  const measured = new Phase({ first: WARM_UP, end }, { kind: 'per-second', rate }, subscribers, post)
  const ledger = new DeliveryOrder(end)
  const latencies = new Float32Array(messages * subscribers)
  let deliveries = 0
  const audience = new SubscriberPool(pages, (place, number) => {
    if (number >= end || !ledger.recordDelivery(place, number)) return
    if (number < WARM_UP) warming.recordDelivery(number)
    else latencies[deliveries++] = measured.recordDelivery(number)
  })
  const sleepers = new SubscriberPool(pages)
  await audience.open(subscribers)
  if (stalled > 0) await sleepers.open(stalled)
  await wait(REST_MS)
  // Else they would count as files that opened meanwhile.
  await publisher.open()
  await warming.run()
  await wait(REST_MS)

  sleepers.stall(true)
  const slept = sleepers.bytesRead
  const started = audience.bytesRead
  const look = (): ResourceSample => ({
    at: performance.now(),
    bytes: (audience.bytesRead - started) / subscribers,
    files: countOpenFiles(pid),
    resident: readResidentBytes(pid),
  })
  const looks = [look()]
  const looking = setInterval(() => looks.push(look()), SAMPLE_INTERVAL_MS)
  const spent = startMeter(pid)
  await measured.run()
  const { serverCpuSeconds, seconds } = spent()
  const backlog = looks.at(-1)?.bytes ?? 0
  const cutNow = () => countCut(looks, stalled) ?? stalled
  for (const since = performance.now(); cutNow() < stalled && performance.now() - since < CUT_TIMEOUT_MS; )
    await wait(SAMPLE_INTERVAL_MS)
  clearInterval(looking)

  sleepers.stall(false)
  for (let read = -1; read !== sleepers.bytesRead; await wait(QUIET_MS)) read = sleepers.bytesRead
  const kernelBufferBytes = stalled > 0 ? (sleepers.bytesRead - slept) / stalled : 0
  const cutCount = countCut(looks, stalled)
  audience.close()
  sleepers.close()
  publisher.close()
  return {
    kind: 'slow',
    endedByServer: audience.endedByServer,
    refused: publisher.refused,
    missing: messages * subscribers - deliveries,
    delivery: quantilesOf(latencies.subarray(0, deliveries)),
    residentRise: residentRiseOf(looks),
    serverCpuSeconds,
    seconds,
    backlog,
    kernelBufferBytes,
    cutCount,
    cutAfterMs:
      cutCount === undefined || stalled === 0 ? undefined : cutDelayOf(looks, stalled, kernelBufferBytes),
  }
}

/** How many of those who stalled have no stream any more. */
function countCut(looks: readonly ResourceSample[], stalled: number): number | undefined {
  const [first, last] = [looks[0]?.files, looks.at(-1)?.files]
  // The server may open a file of its own meanwhile.
  return first === undefined || last === undefined ? undefined : Math.max(0, Math.min(stalled, first - last))
}

function residentRiseOf(looks: readonly ResourceSample[]): number | undefined {
  const residents = looks.map(({ resident }) => resident ?? Number.NaN)
  const risen = Math.max(...residents) - (residents[0] ?? Number.NaN)
  return Number.isNaN(risen) ? undefined : risen
}

/** Infinite where not all were cut. */
function cutDelayOf(looks: readonly ResourceSample[], stalled: number, inKernel: number): number {
  const full = looks.find(({ bytes }) => bytes >= inKernel + READER_BUFFER_MAX)
  const allCut = looks.find((_look, index) => countCut(looks.slice(0, index + 1), stalled) === stalled)
  if (!allCut) return Number.POSITIVE_INFINITY
  return full ? Math.max(0, allCut.at - full.at) : 0
}
