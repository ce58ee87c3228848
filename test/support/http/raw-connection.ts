import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'

/**
 * A connection to a server of a test, for bytes that no HTTP client would send. Its errors show only in what arrives.
 */
export function openConnection(url: string): Socket {
  const { hostname, port } = new URL(url)
  return connect(Number(port), hostname).on('error', () => {})
}

/** Sends bytes, and returns everything that the server sends until it closes the connection. */
export async function exchange(url: string, bytes: string): Promise<string> {
  const socket = openConnection(url)
  socket.write(bytes)
  return text(socket).catch(() => '')
}

/** A request without a body. */
export function get(target: string, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ Host: 'localhost', ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  return `GET ${target} HTTP/1.1\r\n${lines.join('')}\r\n`
}

/** Reads until the text that has arrived fits. */
export async function readUntil(socket: Socket, expected: RegExp): Promise<string> {
  let received = ''
  for await (const data of socket.iterator({ destroyOnReturn: false })) {
    received += data
    if (expected.test(received)) return received
  }
  throw new Error(`The connection was closed before ${expected} arrived: ${received}`)
}
