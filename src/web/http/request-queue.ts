import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { resetSocket } from './reset-socket.ts'
import type { ResponseWithDefaults } from './response.ts'

/** Handles one request. */
export type RequestHandler = (request: IncomingMessage, response: ResponseWithDefaults) => void

/**
 * Requests that may wait on one connection behind the one in progress. `node:http` parses everything that a client
 * sends ahead: 64 KiB are more than a thousand requests.
 */
export const WAITING_MAX = 16

/** Bytes of bodies that requests may bring while they wait. A pipelined post is a message, not an upload. */
const WAITING_BODIES_MAX_BYTES = 64 * 1024

/** A request with its response. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ResponseWithDefaults
}

/** The state of one connection. */
interface Connection {
  isBusy: boolean
  /** Undefined for a stream: it must not keep its request and response alive after they are detached. */
  current: Exchange | undefined
  /** No further request is answered: the response in progress closes the connection. */
  isLast: boolean
  waiting: Exchange[]
  ignored: number
}

/**
 * Handles one request at a time on each connection (RFC 9112 §9.3.2): the next one begins when the kernel has taken
 * the whole response before it. A client that sends ahead and reads nothing then costs one response, not a thousand.
 */
export class RequestQueue {
  readonly #handle: RequestHandler
  readonly #connections = new WeakMap<Socket, Connection>()

  constructor(handle: RequestHandler) {
    this.#handle = handle
  }

  /** Handles the request now, or after those before it. Cuts a connection on which too many wait. */
  add(request: IncomingMessage, response: ResponseWithDefaults): void {
    const { socket } = request
    let connection = this.#connections.get(socket)
    if (!connection) {
      connection = { isBusy: false, current: undefined, isLast: false, waiting: [], ignored: 0 }
      this.#connections.set(socket, connection)
    }
    if (connection.isLast) {
      if (++connection.ignored <= WAITING_MAX) return
      stopParsing(socket)
      socket.destroy()
    } else if (!connection.isBusy) this.#begin(connection, { request, response })
    else if (connection.waiting.length < WAITING_MAX && isBodySmall(connection, request))
      connection.waiting.push({ request, response })
    else {
      this.end(socket)
      stopParsing(socket)
      resetSocket(socket)
    }
  }

  /** The request that is being handled on this connection. Undefined if none is, or if its response is a stream. */
  current(socket: Socket): Exchange | undefined {
    return this.#connections.get(socket)?.current
  }

  /** Drops the requests that wait, and ignores later ones: the response in progress is the connection's last. */
  end(socket: Socket): void {
    const connection = this.#connections.get(socket)
    if (!connection) return
    connection.isLast = true
    connection.waiting = []
  }

  /** The response in progress is a stream, which ends its connection. */
  endWithStream(socket: Socket): void {
    this.end(socket)
    const connection = this.#connections.get(socket)
    if (connection) connection.current = undefined
  }

  #begin(connection: Connection, exchange: Exchange): void {
    const { request, response } = exchange
    connection.isBusy = true
    connection.current = exchange
    response.once('close', () => {
      connection.current = undefined
      if (connection.isLast) request.socket.destroySoon()
      // In another turn of the event loop. `node:http` runs microtasks between the requests that arrived together, so
      // that hundreds of posts, each of them done at once, would otherwise hold up everybody else.
      setImmediate(() => this.#beginNext(connection))
    })
    this.#handle(request, response)
  }

  #beginNext(connection: Connection): void {
    connection.isBusy = false
    const next = connection.waiting.shift()
    if (next && !next.request.socket.destroyed) this.#begin(connection, next)
  }
}

/** The semi-private parser of `node:http` on a socket. It may be missing. */
interface ParsedSocket extends Socket {
  readonly parser?: { onIncoming?: (request: unknown) => number } | null
}

/**
 * Ends the parsing of what has arrived on a socket that is being destroyed. `node:http` would make a thousand more
 * requests of it, some 20 µs each. The result 2 is that of an upgrade, behind which the parser reads nothing.
 */
function stopParsing({ parser }: ParsedSocket): void {
  if (parser?.onIncoming) parser.onIncoming = () => 2
}

function isBodySmall({ waiting }: Connection, request: IncomingMessage): boolean {
  const bytes = [...waiting.map((other) => other.request), request].reduce(
    (sum, { headers }) =>
      sum + (headers['transfer-encoding'] ? WAITING_BODIES_MAX_BYTES : contentLength(headers)),
    0,
  )
  return bytes <= WAITING_BODIES_MAX_BYTES
}

/** The announced length of a body in bytes; 0 if there is none. */
export function contentLength(headers: IncomingMessage['headers']): number {
  return Number(headers['content-length'] ?? 0)
}
