import { setTimeout as wait } from 'node:timers/promises'
import type { RunningServer } from '../environment.ts'
import { numberedText } from '../load/marker.ts'
import { openPage } from '../load/page.ts'
import { PostConnection } from '../load/post-connection.ts'
import { SubscriberPool } from '../load/subscriber-pool.ts'
import { openPublishCounter, type PublishCounter } from '../redis.ts'

const EVENTS = 20
const SESSIONS = 20

/** What readers who come and go say of themselves is over when nothing was published for so long. */
const QUIET_MS = 1_500

/** Deliveries that are missing after so long never come. */
const DELIVERY_TIMEOUT_MS = 10_000

/**
 * How often Redis is told to publish for one event.
 * @param readers of the room, at all servers together; one alone is at the last
 */
export async function countPublishesPerEvent(
  servers: readonly RunningServer[],
  url: string,
  readers: number,
): Promise<number> {
  const path = `/r/readers-${readers}`
  const count = await openPublishCounter(url)
  let delivered = 0
  const audiences: SubscriberPool[] = []
  for (const [index, { port }] of servers.toReversed().entries()) {
    const share = Math.floor((readers + servers.length - 1 - index) / servers.length)
    const sessions = Array.from({ length: Math.min(share, SESSIONS) }, () => openPage(port, path))
    const audience = new SubscriberPool(await Promise.all(sessions), () => delivered++)
    audiences.push(audience)
    await audience.open(share)
  }
  const [first] = servers
  if (!first) throw new Error('There is no server')
  const line = new PostConnection(await openPage(first.port, path))
  let number = 0
  const post = async () => {
    await line.post(number, numberedText(number))
    number++
    for (const began = performance.now(); delivered < number * readers; await wait(5))
      if (performance.now() - began > DELIVERY_TIMEOUT_MS)
        throw new Error('An event did not reach every reader')
  }
  // The first takes a name too.
  await post()
  const before = await waitForQuietCount(count)
  for (let event = 0; event < EVENTS; event++) await post()
  const after = await waitForQuietCount(count)
  for (const audience of audiences) audience.close()
  line.close()
  count.close()
  return (after - before) / EVENTS
}

async function waitForQuietCount(count: PublishCounter): Promise<number> {
  let read = await count.read()
  for (let since = performance.now(); performance.now() - since < QUIET_MS; await wait(QUIET_MS / 10)) {
    const now = await count.read()
    if (now === read) continue
    read = now
    since = performance.now()
  }
  return read
}
