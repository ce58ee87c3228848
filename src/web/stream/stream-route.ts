import type { IncomingMessage } from 'node:http'
import type { Format } from '../../chat/delivery/frames.ts'
import { embedPart, queryOf } from '../http/embed-address.ts'

const FORMAT_OF = new Map<string, Format>([
  ['events', 'htmx'],
  ['live.html', 'html'],
  ['live.json', 'json'],
  ['live.ndjson', 'ndjson'],
  ['live.txt', 'text'],
])

/** The last parts of their addresses. */
export const STREAM_LEAVES: readonly string[] = [...FORMAT_OF.keys()]

/** As it is spelled here and elsewhere. */
const COLOURED = ['colour', 'color']

/** A request for a stream, as far as its address says. */
export interface StreamRoute {
  /** As in the address, still percent-encoded. */
  readonly room: string
  readonly format: Format
  readonly query: URLSearchParams
  /** Whether an embed asks for it. */
  readonly embedded: boolean
}

/** The stream that a request asks for, or undefined for all other requests. */
export function streamRoute({ method, url = '' }: IncomingMessage): StreamRoute | undefined {
  if (method !== 'GET') return undefined
  if (url.startsWith('/embed/')) return embeddedStream(url)
  if (!url.startsWith('/r/')) return undefined
  const queryAt = url.indexOf('?')
  const path = queryAt < 0 ? url : url.slice(0, queryAt)
  const slash = path.indexOf('/', 3)
  const format = slash > 3 ? FORMAT_OF.get(path.slice(slash + 1)) : undefined
  if (!format) return undefined
  const query = new URLSearchParams(queryAt < 0 ? '' : url.slice(queryAt + 1))
  if (isPast(format, query)) return undefined
  const coloured = format === 'text' && COLOURED.some((word) => query.has(word) && query.get(word) !== 'no')
  return { room: path.slice(3, slash), format: coloured ? 'ansi' : format, query, embedded: false }
}

function embeddedStream(url: string): StreamRoute | undefined {
  const { room, part } = embedPart(url) ?? {}
  const format = FORMAT_OF.get(part ?? '')
  if (room === undefined || !format) return undefined
  const query = queryOf(url)
  return isPast(format, query) ? undefined : { room, format, query, embedded: true }
}

// Links in a log without scripts lead to earlier messages by a query alone.
function isPast(format: Format, query: URLSearchParams): boolean {
  return format === 'html' && (query.has('around') || query.has('before'))
}
