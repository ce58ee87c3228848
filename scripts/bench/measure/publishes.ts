import { setTimeout as wait } from 'node:timers/promises'
import type { RunningServer } from '../environment.ts'
import { numberedText } from '../load/marker.ts'
import { openPage } from '../load/page.ts'
import { PostConnection } from '../load/post-connection.ts'
import { SubscriberPool } from '../load/subscriber-pool.ts'
import { openPublishCounter, type PublishCounter } from '../redis.ts'

const EVENTS = 20
const SESSIONS = 20

/** Presence has settled when nothing has been published for this time. */
const QUIET_MS = 1_500

/** A delivery that takes longer is lost. */
const DELIVERY_TIMEOUT_MS = 10_000

/**
 * Counts the publishes in Redis per event.
 * @param readers of the room, on all servers together; a single reader is on the last server
 */
export async function countPublishesPerEvent(
  servers: readonly RunningServer[],
  url: string,
  readers: number,
): Promise<number> {
  const path = `/r/readers-${readers}`
  const counter = await openPublishCounter(url)
  let delivered = 0
  const pools: SubscriberPool[] = []
  for (const [index, { port }] of servers.toReversed().entries()) {
    const share = Math.floor((readers + servers.length - 1 - index) / servers.length)
    const sessions = Array.from({ length: Math.min(share, SESSIONS) }, () => openPage(port, path))
    const pool = new SubscriberPool(await Promise.all(sessions), () => delivered++)
    pools.push(pool)
    await pool.open(share)
  }
  const [first] = servers
  if (!first) throw new Error('There is no server')
  const connection = new PostConnection(await openPage(first.port, path))
  let number = 0
  const post = async () => {
    await connection.post(number, numberedText(number))
    number++
    for (const began = performance.now(); delivered < number * readers; await wait(5))
      if (performance.now() - began > DELIVERY_TIMEOUT_MS)
        throw new Error('An event did not reach every reader')
  }
  // The first post also takes a name.
  await post()
  const before = await waitForQuietCount(counter)
  for (let event = 0; event < EVENTS; event++) await post()
  const after = await waitForQuietCount(counter)
  for (const pool of pools) pool.close()
  connection.close()
  counter.close()
  return (after - before) / EVENTS
}

async function waitForQuietCount(counter: PublishCounter): Promise<number> {
  let count = await counter.read()
  for (let since = performance.now(); performance.now() - since < QUIET_MS; await wait(QUIET_MS / 10)) {
    const current = await counter.read()
    if (current === count) continue
    count = current
    since = performance.now()
  }
  return count
}
