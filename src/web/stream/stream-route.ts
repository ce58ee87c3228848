import type { IncomingMessage } from 'node:http'
import type { Format } from '../../chat/delivery/frames.ts'
import { parseEmbedAddress, readQuery } from '../http/embed-address.ts'

const FORMAT_OF_SEGMENT = new Map<string, Format>([
  ['events', 'htmx'],
  ['live.html', 'html'],
  ['live.json', 'json'],
  ['live.ndjson', 'ndjson'],
  ['live.txt', 'text'],
])

/** The last segments of the addresses of streams. */
export const STREAM_SEGMENTS: readonly string[] = [...FORMAT_OF_SEGMENT.keys()]

/** Both spellings of the parameter. */
const COLOUR_PARAMETERS = ['colour', 'color']

/** A request for a stream, as its address describes it. */
export interface StreamRoute {
  /** The slug from the address, still percent-encoded. */
  readonly room: string
  readonly format: Format
  readonly query: URLSearchParams
  /** Whether the request comes from an embed. */
  readonly embedded: boolean
}

/** The stream that a request asks for; undefined for all other requests. */
export function matchStream({ method, url = '' }: IncomingMessage): StreamRoute | undefined {
  if (method !== 'GET' && method !== 'HEAD') return undefined
  if (url.startsWith('/embed/')) return matchEmbedStream(url)
  if (!url.startsWith('/r/')) return undefined
  const queryAt = url.indexOf('?')
  const path = queryAt < 0 ? url : url.slice(0, queryAt)
  const slash = path.indexOf('/', 3)
  const format = slash > 3 ? FORMAT_OF_SEGMENT.get(path.slice(slash + 1)) : undefined
  if (!format) return undefined
  const query = new URLSearchParams(queryAt < 0 ? '' : url.slice(queryAt + 1))
  if (isPermalink(format, query)) return undefined
  const coloured =
    format === 'text' && COLOUR_PARAMETERS.some((name) => query.has(name) && query.get(name) !== 'no')
  return { room: path.slice(3, slash), format: coloured ? 'ansi' : format, query, embedded: false }
}

function matchEmbedStream(url: string): StreamRoute | undefined {
  const { room, part } = parseEmbedAddress(url) ?? {}
  const format = FORMAT_OF_SEGMENT.get(part ?? '')
  if (room === undefined || !format) return undefined
  const query = readQuery(url)
  return isPermalink(format, query) ? undefined : { room, format, query, embedded: true }
}

// In a log without scripts, a link to earlier messages differs from the stream's address only by its query.
function isPermalink(format: Format, query: URLSearchParams): boolean {
  return format === 'html' && (query.has('around') || query.has('before'))
}
