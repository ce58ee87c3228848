import { setTimeout as wait } from 'node:timers/promises'
import { openFiles, residentBytes } from '../usage.ts'
import { Audience } from './audience.ts'
import type { SlowJob } from './job.ts'
import { Ledger } from './ledger.ts'
import { meter } from './meter.ts'
import type { SlowOutcome } from './outcome.ts'
import { Phase } from './phase.ts'
import { Publisher } from './publisher.ts'
import { openSessions } from './sessions.ts'
import { timesOf } from './times.ts'

const WARM_UP = 30
const REST_MS = 300
const LOOK_MS = 100

/** So much may wait for one reader in the process, as is promised. */
const WAITING_MAX = 256 * 1024

/** Those who still have a stream are given so long to be cut when all is sent. */
const CUT_WAIT_MS = 25_000

/** What was kept for those who stalled is read until nothing came for so long. */
const DRAINED_MS = 700

/** What was seen at one moment. */
interface Look {
  readonly at: number
  /** That one reader who reads on was sent. */
  readonly bytes: number
  readonly files: number | undefined
  readonly resident: number | undefined
}

/** Large messages at a steady rate, to readers of whom some read nothing. */
export async function slowDown(job: SlowJob): Promise<SlowOutcome> {
  const { port, pid, subscribers, stalled, messages, textBytes, rate } = job
  const end = WARM_UP + messages
  const pages = await openSessions(port, subscribers)
  const publisher = new Publisher(pages.slice(0, 1), textBytes)
  const post = (number: number) => publisher.post(number)
  const warming = new Phase({ first: 0, end: WARM_UP }, { kind: 'in-flight', count: 8 }, subscribers, post)
  const measured = new Phase({ first: WARM_UP, end }, { kind: 'per-second', rate }, subscribers, post)
  const ledger = new Ledger(end)
  const latencies = new Float32Array(messages * subscribers)
  let deliveries = 0
  const audience = new Audience(pages, (place, number) => {
    if (number >= end || !ledger.take(place, number)) return
    if (number < WARM_UP) warming.delivered(number)
    else latencies[deliveries++] = measured.delivered(number)
  })
  const sleepers = new Audience(pages)
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
  const look = (): Look => ({
    at: performance.now(),
    bytes: (audience.bytesRead - started) / subscribers,
    files: openFiles(pid),
    resident: residentBytes(pid),
  })
  const looks = [look()]
  const looking = setInterval(() => looks.push(look()), LOOK_MS)
  const spent = meter(pid)
  await measured.run()
  const { serverCpuSeconds, seconds } = spent()
  const backlog = looks.at(-1)?.bytes ?? 0
  const cutNow = () => cutOf(looks, stalled) ?? stalled
  for (const since = performance.now(); cutNow() < stalled && performance.now() - since < CUT_WAIT_MS; )
    await wait(LOOK_MS)
  clearInterval(looking)

  sleepers.stall(false)
  for (let read = -1; read !== sleepers.bytesRead; await wait(DRAINED_MS)) read = sleepers.bytesRead
  const inKernel = stalled > 0 ? (sleepers.bytesRead - slept) / stalled : 0
  const cut = cutOf(looks, stalled)
  audience.close()
  sleepers.close()
  publisher.close()
  return {
    kind: 'slow',
    lost: audience.lost,
    refused: publisher.refused,
    missing: messages * subscribers - deliveries,
    delivery: timesOf(latencies.subarray(0, deliveries)),
    risen: risenOf(looks),
    serverCpuSeconds,
    seconds,
    backlog,
    inKernel,
    cut,
    cutAfterMs: cut === undefined || stalled === 0 ? undefined : cutAfter(looks, stalled, inKernel),
  }
}

/** How many of those who stalled have no stream any more. */
function cutOf(looks: readonly Look[], stalled: number): number | undefined {
  const [first, last] = [looks[0]?.files, looks.at(-1)?.files]
  // The server may open a file of its own meanwhile.
  return first === undefined || last === undefined ? undefined : Math.max(0, Math.min(stalled, first - last))
}

function risenOf(looks: readonly Look[]): number | undefined {
  const residents = looks.map(({ resident }) => resident ?? Number.NaN)
  const risen = Math.max(...residents) - (residents[0] ?? Number.NaN)
  return Number.isNaN(risen) ? undefined : risen
}

/** Infinite where not all were cut. */
function cutAfter(looks: readonly Look[], stalled: number, inKernel: number): number {
  const full = looks.find(({ bytes }) => bytes >= inKernel + WAITING_MAX)
  const allCut = looks.find((_look, index) => cutOf(looks.slice(0, index + 1), stalled) === stalled)
  if (!allCut) return Number.POSITIVE_INFINITY
  return full ? Math.max(0, allCut.at - full.at) : 0
}
