import type { IncomingMessage } from 'node:http'

/** A request as far as its target goes. */
export type TargetedRequest = Pick<IncomingMessage, 'url' | 'headers' | 'rawHeaders'>

/** An http address without user information (RFC 9110 §4.2.4): its authority, then path and query. */
const ABSOLUTE_FORM = /^https?:\/\/([^/?#@\\]+)((?:[/?#].*)?)$/is

/** Percent-encoded letters, digits and `-._~` (RFC 3986 §2.3): encoding them changes nothing about an address. */
const ENCODED_UNRESERVED = /%(?:2[de]|3\d|[46][1-9a-f]|[57][0-9a]|5f|7e)/gi

/** Paths that may need a change. All others are as they should be. */
const SUSPECT_PATH = /[%\\#]|\/\./

/**
 * Gives the request's target its one spelling, so that everything that reads it later reads the same: fast paths by the
 * raw text, Hono by the decoded path.
 * - Absolute-form becomes origin-form, and its authority replaces the Host header (RFC 9112 §3.2.2).
 * - Encoded letters and digits are decoded, and dot segments are removed (RFC 3986 §6.2.2).
 * - `\` and `#`, which no target may contain, are encoded: a URL parser would read them as `/` and as an end.
 * @returns whether the target is one that can be answered
 */
export function normalizeTarget(request: TargetedRequest): boolean {
  const { url = '' } = request
  if (!url.startsWith('/')) {
    if (url === '*') return true
    const [, authority, rest = ''] = ABSOLUTE_FORM.exec(url) ?? []
    if (authority === undefined) return false
    replaceHost(request, authority)
    request.url = rest.startsWith('/') ? rest : `/${rest}`
  }
  request.url = normalizePath(request.url ?? '')
  return true
}

function normalizePath(url: string): string {
  const queryAt = url.indexOf('?')
  const path = queryAt < 0 ? url : url.slice(0, queryAt)
  const query = queryAt < 0 ? '' : url.slice(queryAt)
  if (!SUSPECT_PATH.test(path)) return query.includes('#') ? path + query.replaceAll('#', '%23') : url
  const spelled = path
    .replace(ENCODED_UNRESERVED, (encoded) => String.fromCharCode(Number.parseInt(encoded.slice(1), 16)))
    .replaceAll('\\', '%5C')
    .replaceAll('#', '%23')
  return removeDotSegments(spelled) + query.replaceAll('#', '%23')
}

/** RFC 3986 §5.2.4, for a path that begins with a slash. */
function removeDotSegments(path: string): string {
  if (!path.includes('/.')) return path
  const kept: string[] = []
  const segments = path.split('/').slice(1)
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1
    if (segment === '..') kept.pop()
    if (segment !== '.' && segment !== '..') kept.push(segment)
    else if (isLast) kept.push('')
  }
  return `/${kept.join('/')}`
}

function replaceHost({ headers, rawHeaders }: TargetedRequest, authority: string): void {
  headers.host = authority
  for (let index = rawHeaders.length - 2; index >= 0; index -= 2)
    if (rawHeaders[index]?.toLowerCase() === 'host') rawHeaders.splice(index, 2)
  rawHeaders.push('Host', authority)
}
