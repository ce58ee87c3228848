import { setPriority } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { DeliveryOrder } from './delivery-order.ts'
import { HttpConnection } from './http-connection.ts'
import type { CrowdJob, ProbeJob } from './job.ts'
import { numberedText } from './marker.ts'
import { openPage } from './page.ts'
import { Phase } from './phase.ts'
import { PostConnection } from './post-connection.ts'
import { Publisher } from './publisher.ts'
import { quantilesOf } from './quantiles.ts'
import type { CrowdResult, ProbeResult } from './result.ts'
import { openSessions } from './sessions.ts'
import { SubscriberPool } from './subscriber-pool.ts'

/** More messages than a crowd can receive during the job. */
const MESSAGES_MAX = 100_000

/** A delivery in the small room that takes longer counts with this time. */
const DELIVERY_TIMEOUT_MS = 10_000

/** The probe runs on the same core and must not wait for the crowd. */
const LOWEST_PRIORITY = 19

/** Saturates a room with many readers. */
export async function saturateRoom({ port, subscribers, quietMs, ms }: CrowdJob): Promise<CrowdResult> {
  setPriority(LOWEST_PRIORITY)
  const pages = await openSessions(port, subscribers)
  const order = new DeliveryOrder(MESSAGES_MAX)
  const publisher = new Publisher(pages.slice(0, 1))
  let deliveries = 0
  const phase = new Phase(
    { first: 0, end: MESSAGES_MAX },
    { kind: 'in-flight', count: 8 },
    subscribers,
    (number) => publisher.post(number),
  )
  const pool = new SubscriberPool(pages, (position, number) => {
    if (!order.recordDelivery(position, number)) return
    phase.recordDelivery(number)
    deliveries++
  })
  await pool.open(subscribers)
  process.stdout.write('open\n')
  await wait(quietMs)
  process.stdout.write('saturated\n')
  const began = performance.now()
  setTimeout(() => phase.stop(), ms)
  await phase.run()
  const seconds = (performance.now() - began) / 1000
  pool.close()
  publisher.close()
  const { endedByServer } = pool
  return { kind: 'crowd', endedByServer, refused: publisher.refused, perSecond: deliveries / seconds }
}

/** Measures the latency of posts in a small room, and of `/healthz`, at the same time. */
export async function probeServer({ port, path, subscribers, everyMs, ms }: ProbeJob): Promise<ProbeResult> {
  const deliveries: number[] = []
  let postedAt = 0
  let onDelivered: () => void = () => {}
  let pending = 0
  const pool = new SubscriberPool(await openSessions(port, subscribers, path), () => {
    deliveries.push(performance.now() - postedAt)
    if (--pending === 0) onDelivered()
  })
  await pool.open(subscribers)
  const connection = new PostConnection(await openPage(port, path))
  let refused = 0
  let number = 0
  const post = async () => {
    pending = subscribers
    const delivered = new Promise<void>((resolve) => {
      onDelivered = resolve
    })
    postedAt = performance.now()
    const accepted = connection.post(number, numberedText(number))
    number++
    await Promise.race([delivered, wait(DELIVERY_TIMEOUT_MS)])
    for (; pending > 0; pending--) deliveries.push(DELIVERY_TIMEOUT_MS)
    if (!(await accepted)) refused++
  }
  // The first post takes a name, and all of them warm up the hot code.
  for (let warmUp = 0; warmUp < 5; warmUp++) await post()
  deliveries.length = 0

  const health: number[] = []
  const healthConnection = new HttpConnection(port)
  const checkHealth = async () => {
    const began = performance.now()
    const status = await healthConnection.request(`GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
    health.push(performance.now() - began)
    if (status !== 200) refused++
  }
  const end = performance.now() + ms
  const repeat = async (action: () => Promise<void>) => {
    while (performance.now() < end) {
      await action()
      await wait(everyMs)
    }
  }
  await Promise.all([repeat(post), repeat(checkHealth)])
  pool.close()
  connection.close()
  healthConnection.close()
  const { endedByServer } = pool
  return {
    kind: 'probe',
    endedByServer,
    refused,
    delivery: quantilesOf(deliveries),
    health: quantilesOf(health),
  }
}
