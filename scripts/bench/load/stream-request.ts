import type { Page, Protocol } from './page.ts'

/** Any will do: the key only tells caches from servers (RFC 6455, section 1.3). */
const WEBSOCKET_KEY = 'dGhlIHNhbXBsZSBub25jZQ=='

/** `40`, the connect of Socket.IO, in a masked frame of text whose mask is zero. */
const SOCKET_IO_CONNECT = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x34, 0x30])

/** How a stream is asked for, as a request. */
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

/** How the answer to it begins. */
export function expectedStatusLine(speech: Protocol): string {
  return speech === 'sse' ? 'HTTP/1.1 200 ' : 'HTTP/1.1 101 '
}

/** What is sent once the stream is there. */
export function firstClientFrame(speech: Protocol): Buffer | undefined {
  return speech === 'socket.io' ? SOCKET_IO_CONNECT : undefined
}
