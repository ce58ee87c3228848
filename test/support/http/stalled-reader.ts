import { connect, type Socket } from 'node:net'

/** A reader that requests a stream and then reads nothing. */
export function openStalledReader(url: string, path: string): Socket {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' })
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)
  socket.pause()
  return socket
}

/** Resolves when the condition holds. It is checked in each turn of the event loop, for changes in this process. */
export async function waitUntil(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}
