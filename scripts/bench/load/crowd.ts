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

/** More than a crowd can be sent. */
const MESSAGES_MAX = 100_000

/** A message of the small room that takes longer counts as this long. */
const DELIVERY_TIMEOUT_MS = 10_000

/** So that what measures beside the crowd, on the same core, does not wait for it. */
const LOWEST_PRIORITY = 19

/** Keeps a room saturated that is full of people. */
export async function saturateRoom({ port, subscribers, quietMs, ms }: CrowdJob): Promise<CrowdResult> {
  setPriority(LOWEST_PRIORITY)
  const pages = await openSessions(port, subscribers)
  const ledger = new DeliveryOrder(MESSAGES_MAX)
  const publisher = new Publisher(pages.slice(0, 1))
  let deliveries = 0
  const phase = new Phase(
    { first: 0, end: MESSAGES_MAX },
    { kind: 'in-flight', count: 8 },
    subscribers,
    (number) => publisher.post(number),
  )
  const audience = new SubscriberPool(pages, (place, number) => {
    if (!ledger.recordDelivery(place, number)) return
    phase.recordDelivery(number)
    deliveries++
  })
  await audience.open(subscribers)
  process.stdout.write('open\n')
  await wait(quietMs)
  process.stdout.write('saturated\n')
  const began = performance.now()
  setTimeout(() => phase.stop(), ms)
  await phase.run()
  const seconds = (performance.now() - began) / 1000
  audience.close()
  publisher.close()
  const { endedByServer } = audience
  return { kind: 'crowd', endedByServer, refused: publisher.refused, perSecond: deliveries / seconds }
}

/** Posts in a small room again and again, and asks whether the server lives. */
export async function probeServer({ port, path, subscribers, everyMs, ms }: ProbeJob): Promise<ProbeResult> {
  const deliveries: number[] = []
  let postedAt = 0
  let there: () => void = () => {}
  let left = 0
  const audience = new SubscriberPool(await openSessions(port, subscribers, path), () => {
    deliveries.push(performance.now() - postedAt)
    if (--left === 0) there()
  })
  await audience.open(subscribers)
  const line = new PostConnection(await openPage(port, path))
  let refused = 0
  let number = 0
  const post = async () => {
    left = subscribers
    const delivered = new Promise<void>((resolve) => {
      there = resolve
    })
    postedAt = performance.now()
    const taken = line.post(number, numberedText(number))
    number++
    await Promise.race([delivered, wait(DELIVERY_TIMEOUT_MS)])
    for (; left > 0; left--) deliveries.push(DELIVERY_TIMEOUT_MS)
    if (!(await taken)) refused++
  }
  // Takes a name, and compiles what is hot.
  for (let warming = 0; warming < 5; warming++) await post()
  deliveries.length = 0

  const health: number[] = []
  const healthLine = new HttpConnection(port)
  const ask = async () => {
    const began = performance.now()
    const status = await healthLine.request(`GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
    health.push(performance.now() - began)
    if (status !== 200) refused++
  }
  const end = performance.now() + ms
  const again = async (act: () => Promise<void>) => {
    while (performance.now() < end) {
      await act()
      await wait(everyMs)
    }
  }
  await Promise.all([again(post), again(ask)])
  audience.close()
  line.close()
  healthLine.close()
  const { endedByServer } = audience
  return {
    kind: 'probe',
    endedByServer,
    refused,
    delivery: quantilesOf(deliveries),
    health: quantilesOf(health),
  }
}
