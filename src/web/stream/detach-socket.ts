import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Semi-private properties that `node:http` sets on a socket: each is checked before it is relied on. */
interface HttpSocket extends Socket {
  parser?: unknown
  _httpMessage?: unknown
}

type FreeParser = (parser: unknown, request: unknown, socket: Socket) => void

/**
 * Frees the parser, the request and the response of a running stream: two thirds of the memory of an idle reader. From
 * then on the socket has only our listeners. Must not be called inside a callback of the parser.
 * @param closed called when the connection has closed, for any reason
 */
export type DetachSocket = (response: ServerResponse, socket: HttpSocket, closed: () => void) => void

/** @returns undefined if this Node keeps its parsers elsewhere: streams then keep their parser, request and response */
export function findDetachSocket(): DetachSocket | undefined {
  const freeParser = findFreeParser()
  return freeParser && ((response, socket, closed) => detachSocket(freeParser, response, socket, closed))
}

function detachSocket(
  freeParser: FreeParser,
  response: ServerResponse,
  socket: HttpSocket,
  closed: () => void,
): void {
  const { parser } = socket
  // The stream has already ended: the socket's own listener closes it once the end has been sent.
  if (!parser || socket.destroyed || socket.writableEnded) return
  response.detachSocket(socket)
  socket.removeAllListeners()
  freeParser(parser, response.req, socket)
  socket._httpMessage = null
  socket.once('close', closed)
  // After an error the socket closes, and `closed` is called.
  socket.on('error', () => {})
  // Sockets of node:http stay half-open: without this, a reader who leaves would never be noticed.
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
