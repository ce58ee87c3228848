import type { Server } from 'node:http'
import { Server as NetServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Snug } from './compose.ts'

/** Streams stay open this long for what posts under way bring. */
const POSTS_MS = 2500

/** Posts under way may take until then; containers are killed three seconds later. */
const PATIENCE_MS = 7000

const LOOK_MS = 50

/**
 * Connections that are kept alive stay open this long: a proxy may just be sending a post on one, which nobody would send
 * again. The answer then says that the connection ends.
 */
const KEPT_ALIVE_MS = 500

/** Stops accepting, lets posts under way finish and arrive, ends the streams in a paced way, closes what was opened. */
export async function drain(snug: Snug): Promise<void> {
  const { server, streams } = snug
  snug.retire()
  // Without the rest of what an HTTP server does to close: it would end connections that are kept alive at once.
  const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()))
  const since = performance.now()
  // A connection that is kept alive falls idle only when its answer is out.
  const looking = setInterval(() => {
    if (performance.now() - since > KEPT_ALIVE_MS) server.closeIdleConnections()
  }, LOOK_MS)
  const late = pause(PATIENCE_MS, undefined, { ref: false })
  await Promise.race([untilAnswered(snug), pause(POSTS_MS, undefined, { ref: false })])
  await Promise.race([streams.drain().then(() => closed), late])
  clearInterval(looking)
  await snug.close()
  server.closeAllConnections()
}

/** Resolves when nothing is connected but streams. */
async function untilAnswered({ server, streams }: Snug): Promise<void> {
  while ((await connections(server)) > streams.size) await pause(LOOK_MS)
}

function connections(server: Server): Promise<number> {
  return new Promise((resolve) => server.getConnections((error, count) => resolve(error ? 0 : count)))
}
