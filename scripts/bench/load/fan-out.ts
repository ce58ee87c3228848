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

/** Pause after all have subscribed, and between warm-up and measurement. */
const REST_MS = 150

/** Time to wait for late duplicates. */
const DUPLICATES_WAIT_MS = 100

/** Posts messages to rooms. Each subscriber must receive each message of its room once and in the same order. */
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
  const roomPages = await openRoomPages([port, ...(second ? [second.port] : [])], subscribers, rooms)
  const pages = roomPages.map((page) =>
    stream === undefined ? page : { ...page, stream: page.stream.replace('/events', `/${stream}`) },
  )
  const end = warmUp + messages
  const perRoom = subscribers / rooms
  const orders = Array.from({ length: rooms }, () => new DeliveryOrder(Math.ceil(end / rooms)))
  const publisher = new Publisher(pages.slice(0, rooms))
  const post = (number: number) => publisher.post(number)
  const warmUpPhase = new Phase({ first: 0, end: warmUp }, { kind: 'in-flight', count: 8 }, perRoom, post)
  const measuredPhase = new Phase({ first: warmUp, end }, pace, perRoom, post)
  const latencies = new Float32Array(messages * perRoom)
  let deliveries = 0
  const pool = new SubscriberPool(
    pages,
    (position, number) => {
      if (number >= end || !orders[number % rooms]?.recordDelivery(position, Math.floor(number / rooms)))
        return
      if (number < warmUp) warmUpPhase.recordDelivery(number)
      else latencies[deliveries++] = measuredPhase.recordDelivery(number)
    },
    copies,
  )

  await pool.open(subscribers)
  await wait(REST_MS)
  await warmUpPhase.run()
  await wait(REST_MS)
  const bytesBefore = pool.bytesRead
  const stopMeter = startMeter(pid, ...(second ? [second.pid] : []), ...helperPids)
  await measuredPhase.run()
  const usage = stopMeter()
  const resident = totalResidentBytes([pid, ...(second ? [second.pid] : [])])
  const bytesPerDelivery = (pool.bytesRead - bytesBefore) / deliveries
  await wait(DUPLICATES_WAIT_MS)
  pool.close()
  publisher.close()

  const sorted = latencies.subarray(0, deliveries).sort()
  return {
    kind: 'fan-out',
    expected: messages * perRoom,
    deliveries,
    duplicates: orders.reduce((sum, { duplicates }) => sum + duplicates, 0),
    disordered: orders.reduce((sum, { disordered }) => sum + disordered, 0),
    refused: publisher.refused,
    endedByServer: pool.endedByServer,
    ...usage,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    max: quantile(sorted, 1),
    bytesPerDelivery,
    resident,
  }
}

function totalResidentBytes(pids: readonly number[]): number | undefined {
  const total = pids.reduce((sum, pid) => sum + (readResidentBytes(pid) ?? Number.NaN), 0)
  return Number.isNaN(total) ? undefined : total
}
