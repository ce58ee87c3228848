import type { Server } from 'node:http'
import type { Snug } from './compose.ts'

/** Posts under way may take until then; containers are killed two seconds later. */
const PATIENCE_MS = 7500

/** Stops accepting, ends the streams in a paced way, lets requests under way finish, closes what was opened. */
export async function drain(snug: Snug): Promise<void> {
  snug.retire()
  const closed = closeServer(snug.server)
  const late = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE_MS).unref())
  await Promise.race([snug.streams.drain().then(() => closed), late])
  snug.close()
  snug.server.closeAllConnections()
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
}
