import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** What `node:http` keeps beside a socket, as far as this file leans on it: semi-private, so all of it is looked at. */
interface HttpSocket extends Socket {
  parser?: unknown
  _httpMessage?: unknown
}

type FreeParser = (parser: unknown, request: unknown, socket: Socket) => void

/**
 * Lets the parser, the request and the response of a running stream go: two thirds of what an idle reader takes. From
 * here on the socket has our listeners alone. Not to be called inside a callback of the parser.
 * @param closed run when the connection is gone, for whatever reason
 */
export type DetachSocket = (response: ServerResponse, socket: HttpSocket, closed: () => void) => void

/** How streams let go on this Node; undefined: each keeps its parser, request and response. */
export function findDetachSocket(): DetachSocket | undefined {
  const freeParser = findFreeParser()
  return freeParser && ((response, socket, closed) => detachSocket(freeParser, response, socket, closed))
}

function detachSocket(
  free: FreeParser,
  response: ServerResponse,
  socket: HttpSocket,
  closed: () => void,
): void {
  const { parser } = socket
  // Who was told the end already: the socket's own listener closes it once that has gone out.
  if (!parser || socket.destroyed || socket.writableEnded) return
  response.detachSocket(socket)
  socket.removeAllListeners()
  free(parser, response.req, socket)
  socket._httpMessage = null
  socket.once('close', closed)
  // An error closes the socket, which is told above.
  socket.on('error', () => {})
  // Sockets of node:http stay half open: without this, readers who leave are never noticed.
  socket.on('end', destroy)
  socket.resume()
}

function destroy(this: Socket): void {
  this.destroy()
}

function findFreeParser(): FreeParser | undefined {
  const common: unknown = process.getBuiltinModule('_http_common')
  if (typeof common !== 'object' || common === null || !('freeParser' in common)) return undefined
  return typeof common.freeParser === 'function' ? (common.freeParser as FreeParser) : undefined
}
