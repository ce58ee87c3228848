import type { Server } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { Snug } from './compose.ts'

/** Streams stay open this long for what posts under way bring. */
const POSTS_MS = 2500

/** Posts under way may take until then; containers are killed three seconds later. */
const PATIENCE_MS = 7000

const LOOK_MS = 50

/** Stops accepting, lets posts under way finish and arrive, ends the streams in a paced way, closes what was opened. */
export async function drain(snug: Snug): Promise<void> {
  const { server, streams } = snug
  snug.retire()
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  // A connection that is kept alive falls idle only when its answer is out.
  const looking = setInterval(() => server.closeIdleConnections(), LOOK_MS)
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
