import { createServer, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Logger } from 'pino'
import type { Env } from './env.ts'
import { allowAnyOrigin } from './http/cors.ts'
import { parseEmbedAddress } from './http/embed-address.ts'
import { respondToStreamFailure } from './http/failures.ts'
import { DEFAULT_HEADERS, EMBED_HEADERS, TICKET_CORS_HEADERS } from './http/headers.ts'
import { ResponseWithDefaults } from './http/response.ts'
import { type RoomPageTools, respondWithRoomPage } from './rooms/fast-room-page.ts'
import { matchRoomPage } from './rooms/fast-room-route.ts'
import { openStream } from './stream/open-stream.ts'
import { matchStream } from './stream/stream-route.ts'
import type { StreamTools } from './stream/stream-tools.ts'
import { readBearerToken } from './visitor/identity.ts'

/** A request must be here by then, whoever sends it slowly. */
const REQUEST_TIMEOUT_MS = 15_000
const HEADERS_TIMEOUT_MS = 10_000
/** Longer than what proxies wait by default, so that they are the ones to close. */
const KEEP_ALIVE_MS = 65_000
const HEADERS_MAX_BYTES = 16 * 1024

/**
 * Who takes nothing of an answer for so long is cut. Of a reader on a slow line nothing is seen for a minute or two: the
 * kernel takes megabytes, and tells of it when a third of them is gone.
 */
export const RESPONSE_STALL_MS = 300_000

/**
 * The HTTP server: streams are dispatched first, and rooms' pages as browsers ask for them; everything else is Hono's, and
 * so is a page that is refused.
 */
export function createHttpServer(
  app: Hono<Env>,
  pages: RoomPageTools,
  tools: StreamTools,
  log: Logger,
): Server {
  // With node-server's own Response in place of the global one, strings go out as they are and not as streams.
  // Balancers ask by HTTP/1.0, and name no host, whether it is ready.
  const listener = getRequestListener(app.fetch, { hostname: 'localhost' })
  const options = {
    requestTimeout: REQUEST_TIMEOUT_MS,
    headersTimeout: HEADERS_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: HEADERS_MAX_BYTES,
    noDelay: true,
    ServerResponse: ResponseWithDefaults,
  }
  const server = createServer(options, (request, response) => {
    // Who keeps this connection asks for nothing more on it, and does not meet its end by surprise.
    if (!server.listening) response.shouldKeepAlive = false
    response.on('timeout', cutStalled)
    const route = matchStream(request)
    if (readBearerToken(request, route?.query.get('token')) !== undefined) allowAnyOrigin(response)
    const { url = '' } = request
    // Said before anything can go wrong: a sandboxed page is to read that, too.
    if (!route) response.addDefaultHeaders(DEFAULT_HEADERS)
    if (url.startsWith('/embed/')) response.addDefaultHeaders(EMBED_HEADERS)
    if (parseEmbedAddress(url)) response.addDefaultHeaders(TICKET_CORS_HEADERS)
    if (!route) {
      const room = matchRoomPage(request)
      if (room === undefined) return void listener(request, response)
      return void respondWithRoomPage(pages, room, request, response).catch((thrown) => {
        response.failure = thrown
        if (response.headersSent) response.destroy()
        else listener(request, response)
      })
    }
    openStream(tools, route, request, response).catch((thrown) =>
      respondToStreamFailure(log, thrown, route.format, response),
    )
  })
  server.timeout = RESPONSE_STALL_MS
  return server
}

// Nothing came or went for that long, and of a write under way `node:net` counts each part. An answer that waits then has a
// reader who takes none of it; where none does, it is still made, or the rest of the request due.
function cutStalled(socket: Socket): void {
  if (socket.writableLength > 0) socket.resetAndDestroy()
}
