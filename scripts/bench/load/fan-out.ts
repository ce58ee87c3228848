import { setTimeout as wait } from 'node:timers/promises'
import { quantile } from '../statistics.ts'
import { readResidentBytes } from '../usage.ts'
import { DeliveryOrder } from './delivery-order.ts'
import type { FanOutJob } from './job.ts'
import { startMeter } from './meter.ts'
import { Phase } from './phase.ts'
import { Publisher } from './publisher.ts'
import type { FanOutResult } from './result.ts'
import { openRoomPages } from './sessions.ts'
import { SubscriberPool } from './subscriber-pool.ts'

/** After all have subscribed, and between warming up and measuring. */
const REST_MS = 150

/** Duplicates that come late are waited for so long. */
const DUPLICATES_WAIT_MS = 100

/** Messages to rooms full of subscribers, each of which must reach each of its room once and in one order. */
export async function runFanOut(job: FanOutJob): Promise<FanOutResult> {
  const {
    port,
    pid,
    subscribers,
    rooms = 1,
    stream,
    copies,
    second,
    helperPids = [],
    warmUp,
    messages,
    pace,
  } = job
  const opened = await openRoomPages([port, ...(second ? [second.port] : [])], subscribers, rooms)
  const pages = opened.map((page) =>
    stream === undefined ? page : { ...page, stream: page.stream.replace('/events', `/${stream}`) },
  )
  const end = warmUp + messages
  const each = subscribers / rooms
  const ledgers = Array.from({ length: rooms }, () => new DeliveryOrder(Math.ceil(end / rooms)))
  const publisher = new Publisher(pages.slice(0, rooms))
  const post = (number: number) => publisher.post(number)
  const warming = new Phase({ first: 0, end: warmUp }, { kind: 'in-flight', count: 8 }, each, post)
  const measured = new Phase({ first: warmUp, end }, pace, each, post)
  const latencies = new Float32Array(messages * each)
  let deliveries = 0
  const audience = new SubscriberPool(
    pages,
    (place, number) => {
      if (number >= end || !ledgers[number % rooms]?.recordDelivery(place, Math.floor(number / rooms))) return
      if (number < warmUp) warming.recordDelivery(number)
      else latencies[deliveries++] = measured.recordDelivery(number)
    },
    copies,
  )

  await audience.open(subscribers)
  await wait(REST_MS)
  await warming.run()
  await wait(REST_MS)
  const bytes = audience.bytesRead
  const before = startMeter(pid, ...(second ? [second.pid] : []), ...helperPids)
  await measured.run()
  const spent = before()
  const resident = totalResidentBytes([pid, ...(second ? [second.pid] : [])])
  const bytesPerDelivery = (audience.bytesRead - bytes) / deliveries
  await wait(DUPLICATES_WAIT_MS)
  audience.close()
  publisher.close()

  const sorted = latencies.subarray(0, deliveries).sort()
  return {
    kind: 'fan-out',
    expected: messages * each,
    deliveries,
    duplicates: ledgers.reduce((sum, { duplicates }) => sum + duplicates, 0),
    disordered: ledgers.reduce((sum, { disordered }) => sum + disordered, 0),
    refused: publisher.refused,
    endedByServer: audience.endedByServer,
    ...spent,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    max: quantile(sorted, 1),
    bytesPerDelivery,
    resident,
  }
}

function totalResidentBytes(pids: readonly number[]): number | undefined {
  const sum = pids.reduce((sum, pid) => sum + (readResidentBytes(pid) ?? Number.NaN), 0)
  return Number.isNaN(sum) ? undefined : sum
}
