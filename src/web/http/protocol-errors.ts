import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Clock } from '../../chat/ports/clock.ts'
import { DEFAULT_HEADERS } from './headers.ts'
import type { RequestQueue } from './request-queue.ts'
import type { ResponseWithDefaults } from './response.ts'

/** The most bytes of a request line and its header fields. */
export const HEADERS_MAX_BYTES = 16 * 1024

/**
 * A connection is read this long after its last response. Closing it at once, with bytes unread, would reset it, and
 * the client would lose the response (RFC 9112 §9.6).
 */
const LINGER_MS = 1000

/** The expectation that `node:http` fulfils. */
const CONTINUE = /^\s*100-continue\s*$/i

/** The methods that any address of this server may allow. */
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'

interface ProtocolError {
  readonly status: string
  readonly sentence: string
}

const NOT_HTTP: ProtocolError = { status: '400 Bad Request', sentence: 'This is not a valid HTTP request.' }

const ERRORS = new Map<string, ProtocolError>([
  [
    'HPE_HEADER_OVERFLOW',
    {
      status: '431 Request Header Fields Too Large',
      sentence: `The headers of this request are too large: at most ${HEADERS_MAX_BYTES / 1024} KiB are accepted. In a browser, deleting the cookies of this site helps.`,
    },
  ],
  [
    'HPE_CHUNK_EXTENSIONS_OVERFLOW',
    { status: '413 Content Too Large', sentence: 'The chunk extensions of this request are too large.' },
  ],
  [
    'ERR_HTTP_REQUEST_TIMEOUT',
    { status: '408 Request Timeout', sentence: 'The request did not arrive completely in time.' },
  ],
])

/**
 * Creates the listener for errors of the parser and of sockets. A request that can't be parsed gets a sentence, after
 * the responses to those before it on the same connection.
 */
export function protocolErrorHandler(queue: RequestQueue, clock: Clock) {
  const failed = new WeakSet<Socket>()
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    // What arrives while the connection lingers fails again.
    if (failed.has(socket)) return
    failed.add(socket)
    const { code = '' } = error
    const isParserError = code.startsWith('HPE_') || code === 'ERR_HTTP_REQUEST_TIMEOUT'
    if (!isParserError || !socket.writable) {
      socket.destroy()
      return
    }
    const current = queue.current(socket)
    queue.end(socket)
    // The error is in a later request. The queue closes the connection after the response in progress.
    if (current?.request.complete) return
    if (current?.response.headersSent) {
      socket.destroy()
      return
    }
    const text = rawResponse(ERRORS.get(code) ?? NOT_HTTP)
    // The parser of a request that is late still works, and could complete the request.
    if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
      socket.end(text, () => socket.destroy())
      return
    }
    socket.end(text)
    const stop = clock.after(LINGER_MS, () => socket.destroy())
    socket.once('close', stop)
  }
}

function rawResponse({ status, sentence }: ProtocolError): string {
  const body = `${sentence}\n`
  const fields = {
    ...DEFAULT_HEADERS,
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${body}`
}

/**
 * Answers requests that are about the protocol and not about an address: without a Host or with several (RFC 9112
 * §3.2), with a transfer coding that Snug does not know (§6.1), with an expectation other than `100-continue` (RFC 9110
 * §10.1.1), with a target that can't be answered, and `OPTIONS *` (§9.3.7).
 * @param isTargetValid what `normalizeTarget` returned
 * @returns whether it answered
 */
export function respondToProtocol(
  { url, method, headers, rawHeaders, httpVersionMinor }: IncomingMessage,
  response: ResponseWithDefaults,
  isTargetValid: boolean,
): boolean {
  const { 'transfer-encoding': coding = 'chunked' } = headers
  if (headers.host === undefined && httpVersionMinor > 0)
    respondWithSentence(response, 400, 'A request must name its server: the Host header is missing.')
  else if (rawHeaders.filter((field, at) => at % 2 === 0 && field.toLowerCase() === 'host').length > 1)
    respondWithSentence(response, 400, 'A request can name only one server: there are several Host headers.')
  else if (coding.trim().toLowerCase() !== 'chunked')
    respondWithSentence(
      response,
      501,
      'Send the body as it is, without a transfer coding other than chunked.',
    )
  else if (headers.expect !== undefined && !CONTINUE.test(headers.expect))
    respondWithSentence(response, 417, 'This server can’t do what the Expect header asks for.')
  else if (isTargetValid && url === '*' && method === 'OPTIONS') {
    response.addDefaultHeaders(DEFAULT_HEADERS)
    response.writeHead(204, { Allow: METHODS }).end()
  } else if (!isTargetValid || url === '*')
    respondWithSentence(response, 400, 'The address of this request is not one of this server.')
  else return false
  return true
}

/** Answers CONNECT: this server is no proxy. Node would close the connection without a word. */
export function refuseTunnel(_request: IncomingMessage, socket: Duplex): void {
  socket.on('error', () => {})
  const sentence = 'This server is no proxy: CONNECT is not allowed.'
  socket.end(rawResponse({ status: '405 Method Not Allowed', sentence }))
}

function respondWithSentence(response: ResponseWithDefaults, status: number, sentence: string): void {
  response.addDefaultHeaders(DEFAULT_HEADERS)
  // The body of the request, if there is one, is not read.
  response.shouldKeepAlive = false
  const body = `${sentence}\n`
  const fields = { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': Buffer.byteLength(body) }
  response.writeHead(status, fields).end(body)
}
