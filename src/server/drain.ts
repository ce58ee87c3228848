import type { Server } from 'node:http'
import { Server as NetServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Snug } from './compose.ts'

/** Streams stay open this long, so that posts under way reach their readers. */
const POSTS_GRACE_MS = 2500

/** Posts under way may take this long. Containers are killed three seconds later. */
const DRAIN_DEADLINE_MS = 7000

const POLL_MS = 50

/**
 * Keep-alive connections stay open this long: a proxy may be sending a post on one, and nobody would send that post
 * again. The response then has `Connection: close`.
 */
export const KEEP_ALIVE_GRACE_MS = 500

/** Stops accepting, lets posts finish and reach their readers, ends streams at a steady pace, closes the adapters. */
export async function drain(snug: Snug): Promise<void> {
  const { server, streams } = snug
  snug.markUnready()
  // Not `server.close()`: the HTTP server would also close idle keep-alive connections at once.
  const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()))
  const startedAt = performance.now()
  // A keep-alive connection becomes idle only after its response was sent.
  const closeIdle = setInterval(() => {
    if (performance.now() - startedAt > KEEP_ALIVE_GRACE_MS) server.closeIdleConnections()
  }, POLL_MS)
  const deadline = pause(DRAIN_DEADLINE_MS, undefined, { ref: false })
  await Promise.race([waitForResponses(snug), pause(POSTS_GRACE_MS, undefined, { ref: false })])
  await Promise.race([streams.drain().then(() => closed), deadline])
  clearInterval(closeIdle)
  await snug.close()
  server.closeAllConnections()
}

/** Resolves when all open connections are streams. */
async function waitForResponses({ server, streams }: Snug): Promise<void> {
  while ((await countConnections(server)) > streams.size) await pause(POLL_MS)
}

function countConnections(server: Server): Promise<number> {
  return new Promise((resolve) => server.getConnections((error, count) => resolve(error ? 0 : count)))
}
