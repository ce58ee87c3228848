import type { Socket } from 'node:net'

/**
 * Closes a connection with a reset, so that the kernel keeps no data for a client that does not read.
 *
 * After the end of a connection was sent, libuv can't reset it: `resetAndDestroy` fails and never closes it.
 */
export function resetSocket(socket: Socket): void {
  if (socket.writableEnded && socket.writableLength === 0) socket.destroy()
  else socket.resetAndDestroy()
}
