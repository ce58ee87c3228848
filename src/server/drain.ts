import type { Server } from 'node:http'
import { Server as NetServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Snug } from './compose.ts'

/** Streams stay open this long for what posts under way bring. */
const POSTS_GRACE_MS = 2500

/** Posts under way may take until then; containers are killed three seconds later. */
const DRAIN_DEADLINE_MS = 7000

const POLL_MS = 50

/**
 * Connections that are kept alive stay open this long: a proxy may just be sending a post on one, which nobody would send
 * again. The answer then says that the connection ends.
 */
const KEEP_ALIVE_GRACE_MS = 500

/** Stops accepting, lets posts under way finish and arrive, ends the streams in a paced way, closes what was opened. */
export async function drain(snug: Snug): Promise<void> {
  const { server, streams } = snug
  snug.markUnready()
  // Without the rest of what an HTTP server does to close: it would end connections that are kept alive at once.
  const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()))
  const since = performance.now()
  // A connection that is kept alive falls idle only when its answer is out.
  const looking = setInterval(() => {
    if (performance.now() - since > KEEP_ALIVE_GRACE_MS) server.closeIdleConnections()
  }, POLL_MS)
  const late = pause(DRAIN_DEADLINE_MS, undefined, { ref: false })
  await Promise.race([waitForResponses(snug), pause(POSTS_GRACE_MS, undefined, { ref: false })])
  await Promise.race([streams.drain().then(() => closed), late])
  clearInterval(looking)
  await snug.close()
  server.closeAllConnections()
}

/** Resolves when nothing is connected but streams. */
async function waitForResponses({ server, streams }: Snug): Promise<void> {
  while ((await countConnections(server)) > streams.size) await pause(POLL_MS)
}

function countConnections(server: Server): Promise<number> {
  return new Promise((resolve) => server.getConnections((error, count) => resolve(error ? 0 : count)))
}
