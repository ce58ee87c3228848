import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { parseUrl } from '../../chat/bounded-text.ts'
import { Refusal } from '../../chat/refusal.ts'

/** The headers that show which page a post comes from. */
export interface OriginHeaders {
  readonly secFetchSite: string | undefined
  readonly origin: string | undefined
  readonly host: string | undefined
  readonly hasCookie: boolean
}

export function readOriginHeaders({ headers }: Pick<IncomingMessage, 'headers'>): OriginHeaders {
  const { origin, host, cookie, referer, 'sec-fetch-site': secFetchSite } = headers
  const hasCookie = cookie !== undefined
  // Text browsers send neither header. If one sends a cookie, its Referer shows the page.
  const claimedOrigin = origin ?? (secFetchSite === undefined && hasCookie ? originOfUrl(referer) : undefined)
  return { secFetchSite, origin: claimedOrigin, host, hasCookie }
}

function originOfUrl(address: string | undefined): string | undefined {
  return address === undefined ? undefined : parseUrl(address)?.origin
}

/**
 * Accepts posts only from Snug's own pages, and from programs without a cookie.
 * @throws Refusal `forbidden`
 */
export function checkOrigin(
  { secFetchSite, origin, host, hasCookie }: OriginHeaders,
  baseUrl: string | undefined,
): void {
  if (secFetchSite === 'same-origin' || secFetchSite === 'none') return
  if (origin === undefined) {
    if (secFetchSite === undefined && !hasCookie) return
    throw new Refusal(
      'forbidden',
      'A post with a cookie must say which page it comes from: its Origin header is missing.',
    )
  }
  if (baseUrl !== undefined) {
    if (origin === baseUrl) return
    throw new Refusal('forbidden', `Posts are accepted only from ${baseUrl}.`)
  }
  // A foreign host name can resolve to this machine. Refusing it stops DNS rebinding.
  if (host !== undefined && isOriginOf(origin, host) && isThisMachine(host)) return
  throw new Refusal('forbidden', foreignOriginSentence(parseUrl(origin)?.origin))
}

/**
 * Accepts a request for a page, or for anything else that can be read, only at an address of this server. Otherwise a
 * page of another site could read the rooms of a local network: it lets the name of its site resolve to this machine
 * (DNS rebinding), and its requests count as requests of its own origin.
 *
 * A browser sends `Sec-Fetch-Site` only over https or to localhost, where another site's name can't lead here, and no
 * script can add it. A token is not known to such a page.
 * @throws Refusal `forbidden`
 */
export function checkHost(
  { method, url = '', headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
  baseUrl: string | undefined,
): void {
  if (baseUrl !== undefined || (method !== 'GET' && method !== 'HEAD')) return
  const { host } = headers
  // Without one it comes from a program: HTTP/1.0.
  if (host === undefined || isThisMachine(host) || headers['sec-fetch-site'] !== undefined) return
  if (headers.authorization !== undefined && !url.startsWith('/embed/')) return
  throw new Refusal(
    'forbidden',
    `This server does not answer at ${host.slice(0, SHOWN_HOST_MAX)}. If that is its own address, start it with --base-url.`,
  )
}

/** Longer names are no domain names (RFC 1035 §2.3.4). */
const SHOWN_HOST_MAX = 255

// Usually they are spelled the same. Parsing takes longer than all other checks here.
function isOriginOf(origin: string, host: string): boolean {
  return origin === `http://${host}` || parseUrl(origin)?.host === host
}

function isThisMachine(host: string): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase()
  if (isIP(name.replace(/^\[|\]$/g, '')) !== 0) return true
  return (
    name === 'localhost' ||
    name === hostname().toLowerCase() ||
    name.endsWith('.local') ||
    name.endsWith('.localhost')
  )
}

function foreignOriginSentence(origin: string | undefined): string {
  return origin === undefined
    ? 'This post comes from a page without an origin (a sandboxed frame or a local file) and is not accepted.'
    : `Posts from ${origin} are not accepted. If that is Snug’s own address, start it with --base-url.`
}
