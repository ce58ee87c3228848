import type { Page, Protocol } from './page.ts'

/** Any value works: the key only proves that a WebSocket server answers, not a cache (RFC 6455, section 1.3). */
const WEBSOCKET_KEY = 'dGhlIHNhbXBsZSBub25jZQ=='

/** Socket.IO's connect packet, `40`, in a text frame with a mask of zero. */
const SOCKET_IO_CONNECT = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x34, 0x30])

/** The request that opens a page's stream. */
export function formatStreamRequest({ port, cookie, stream, protocol }: Page): string {
  const upgrade = ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Key: ${WEBSOCKET_KEY}`]
  const lines = [
    `GET ${protocol === 'socket.io' ? '/socket.io/?EIO=4&transport=websocket' : stream} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    `Cookie: ${cookie}`,
    ...(protocol === 'sse' ? ['Accept: text/event-stream'] : [...upgrade, 'Sec-WebSocket-Version: 13']),
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** The expected start of the response. */
export function expectedStatusLine(protocol: Protocol): string {
  return protocol === 'sse' ? 'HTTP/1.1 200 ' : 'HTTP/1.1 101 '
}

/** The frame that the client sends once the stream is open; undefined if the protocol needs no frame. */
export function firstClientFrame(protocol: Protocol): Buffer | undefined {
  return protocol === 'socket.io' ? SOCKET_IO_CONNECT : undefined
}
