import type { Socket } from 'node:net'

/**
 * Closes a connection with a reset, so that the kernel keeps nothing for a client that takes nothing.
 *
 * libuv can't reset a connection whose end was already sent: `resetAndDestroy` would fail, and leave it open for good.
 */
export function resetSocket(socket: Socket): void {
  if (socket.writableEnded && socket.writableLength === 0) socket.destroy()
  else socket.resetAndDestroy()
}
