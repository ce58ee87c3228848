import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Logger } from 'pino'
import { Refusal } from '../chat/refusal.ts'
import type { Env } from './env.ts'
import { allowAnyOrigin } from './http/cors.ts'
import { parseEmbedAddress } from './http/embed-address.ts'
import { createRefusalApp, respondToStreamFailure } from './http/failures.ts'
import { DEFAULT_HEADERS, EMBED_HEADERS, TICKET_CORS_HEADERS } from './http/headers.ts'
import { checkHost } from './http/origin-check.ts'
import {
  HEADERS_MAX_BYTES,
  protocolErrorHandler,
  refuseTunnel,
  respondToProtocol,
} from './http/protocol-errors.ts'
import type { ReadGate } from './http/read-gate.ts'
import { RequestQueue } from './http/request-queue.ts'
import { normalizeTarget } from './http/request-target.ts'
import { resetSocket } from './http/reset-socket.ts'
import { ResponseWithDefaults } from './http/response.ts'
import { UnreadBodies } from './http/unread-bodies.ts'
import { type RoomPageTools, respondWithRoomPage } from './rooms/fast-room-page.ts'
import { matchRoomPage } from './rooms/fast-room-route.ts'
import { openStream } from './stream/open-stream.ts'
import { matchStream, type StreamRoute } from './stream/stream-route.ts'
import type { StreamTools } from './stream/stream-tools.ts'
import { readBearerToken } from './visitor/identity.ts'

/** The time in which a whole request must arrive, so that a slow sender can't hold a connection. */
const REQUEST_TIMEOUT_MS = 15_000
const HEADERS_TIMEOUT_MS = 10_000
/** Longer than the default idle timeout of proxies, so that the proxy closes an idle connection first. */
const KEEP_ALIVE_MS = 65_000
/** How often these times are checked. Node’s default of half a minute would add that much to each. */
const TIMEOUT_CHECK_MS = 1000

/**
 * A client that reads nothing of its response for this long is disconnected. A client on a slow line can seem idle for
 * a minute or two: the kernel buffers megabytes, and reports progress only when a third of them is sent.
 */
export const RESPONSE_STALL_MS = 300_000

/**
 * Runs a request with a deadline for what it waits for.
 * @returns must be called when the request has its response
 */
export type StartRequest = (run: () => void) => () => void

/**
 * Creates the HTTP server. Streams and the usual requests for a room's page bypass Hono. Hono handles all other
 * requests, and responds when a room's page fails.
 * @param gate limits reading
 */
export function createHttpServer(
  app: Hono<Env>,
  pages: RoomPageTools,
  tools: StreamTools,
  log: Logger,
  gate?: ReadGate,
  startRequest?: StartRequest,
): Server {
  // node-server replaces the global Response: its own one sends strings directly and not as streams.
  // `hostname` is for load balancers, which check readiness by HTTP/1.0 without a Host header.
  const listener = getRequestListener(app.fetch, { hostname: 'localhost' })
  const refuse = getRequestListener(createRefusalApp(log, tools.asset).fetch, { hostname: 'localhost' })
  const options = {
    requestTimeout: REQUEST_TIMEOUT_MS,
    headersTimeout: HEADERS_TIMEOUT_MS,
    connectionsCheckingInterval: TIMEOUT_CHECK_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: HEADERS_MAX_BYTES,
    noDelay: true,
    // `respondToProtocol` says what is missing; Node would answer without a body.
    requireHostHeader: false,
    ServerResponse: ResponseWithDefaults,
  }
  const handle = (request: IncomingMessage, response: ResponseWithDefaults): void => {
    // During a drain each response closes its connection, so that no client sends a request into a closing one.
    if (!server.listening) response.shouldKeepAlive = false
    response.on('timeout', cutStalled)
    if (respondToProtocol(request, response, normalizeTarget(request))) return
    const route = matchStream(request)
    if (readBearerToken(request, route?.query.get('token')) !== undefined) allowAnyOrigin(response)
    const { url = '' } = request
    // Set before anything can fail: a sandboxed page must be able to read failures, too.
    if (!route) response.addDefaultHeaders(DEFAULT_HEADERS)
    if (url.startsWith('/embed/')) response.addDefaultHeaders(EMBED_HEADERS)
    if (parseEmbedAddress(url)) response.addDefaultHeaders(TICKET_CORS_HEADERS)
    const foreignHost = findForeignHost(request, pages.baseUrl)
    if (foreignHost) {
      response.failure = foreignHost
      if (route) respondToStreamFailure(log, foreignHost, route.format, response)
      else void listener(request, response)
      return
    }
    if (!gate || !isLimitedRead(request)) {
      respond(route, request, response)
      return
    }
    gate.run({
      address: tools.addressOf(request),
      response,
      isStream: route !== undefined,
      start: (refusal) => {
        response.failure = refusal
        if (refusal && !route) void refuse(request, response)
        else respond(route, request, response)
      },
    })
  }

  const respond = (
    route: StreamRoute | undefined,
    request: IncomingMessage,
    response: ResponseWithDefaults,
  ): void => {
    if (route) return void respondWithStream(route, request, response)
    const room = response.failure === undefined ? matchRoomPage(request) : undefined
    if (room === undefined) {
      // A reader may wait. A post must be given back while its author still looks at it (P7).
      if (!startRequest || request.method === 'GET' || request.method === 'HEAD')
        return void listener(request, response)
      const end = startRequest(() => void listener(request, response))
      return void response.once('close', end)
    }
    respondWithRoomPage(pages, room, request, response).catch((thrown) => {
      response.failure = thrown
      if (response.headersSent) response.destroy()
      else listener(request, response)
    })
  }

  const respondWithStream = async (
    route: StreamRoute,
    request: IncomingMessage,
    response: ResponseWithDefaults,
  ): Promise<void> => {
    const { socket } = request
    try {
      await openStream(tools, route, request, response, response.failure !== undefined)
    } catch (thrown) {
      respondToStreamFailure(log, thrown, route.format, response)
    }
    if (response.headersSent && !response.shouldKeepAlive) queue.endWithStream(socket)
  }

  const queue = new RequestQueue(handle)
  const bodies = new UnreadBodies()
  const server = createServer(options, (request, response) => {
    const refusal = bodies.admit(request, () => tools.addressOf(request))
    if (refusal) {
      response.failure = refusal
      // Whatever waits would have to be kept.
      if (queue.current(request.socket)) return resetSocket(request.socket)
    }
    queue.add(request, response)
  })
  // In turn, like any other request.
  server.on('checkExpectation', (request, response) => queue.add(request, response))
  server.on('connect', refuseTunnel)
  server.on('clientError', protocolErrorHandler(queue, tools.chat.clock))
  server.timeout = RESPONSE_STALL_MS
  return server
}

// Health checks must always be answered. Assets cost next to nothing, and browsers keep them.
function isLimitedRead({ method, url = '' }: IncomingMessage): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  return !url.startsWith('/assets/') && url !== '/healthz' && url !== '/readyz'
}

/** The refusal of a request to a name that is not this server's; undefined for all others. */
function findForeignHost(request: IncomingMessage, baseUrl: string | undefined): Refusal | undefined {
  try {
    checkHost(request, baseUrl)
    return undefined
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

// The socket was idle for RESPONSE_STALL_MS; `node:net` counts each part of a pending write as activity. If bytes wait,
// the client does not read. If none do, the response is still being made, or the request has not arrived completely.
function cutStalled(socket: Socket): void {
  if (socket.writableLength > 0) resetSocket(socket)
}
