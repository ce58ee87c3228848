import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { Refusal } from '../../chat/refusal.ts'

/** The headers that say which page a post comes from. */
export interface OriginHeaders {
  readonly secFetchSite: string | undefined
  readonly origin: string | undefined
  readonly host: string | undefined
  readonly hasCookie: boolean
}

export function readOriginHeaders({ headers }: Pick<IncomingMessage, 'headers'>): OriginHeaders {
  const { origin, host, cookie, referer, 'sec-fetch-site': secFetchSite } = headers
  const hasCookie = cookie !== undefined
  // Text browsers know neither header; where one sends a cookie it says at least which page it is on.
  const told = origin ?? (secFetchSite === undefined && hasCookie ? originOfUrl(referer) : undefined)
  return { secFetchSite, origin: told, host, hasCookie }
}

function originOfUrl(address: string | undefined): string | undefined {
  return address === undefined ? undefined : URL.parse(address)?.origin
}

/**
 * Lets a post pass only from Snug's own pages, and from programs that bring no cookie.
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
  // A stranger's name that was made to point at this machine is not this machine's: that is how rebinding is stopped.
  if (host !== undefined && isOriginOf(origin, host) && isThisMachine(host)) return
  throw new Refusal('forbidden', foreignOriginSentence(URL.parse(origin)?.origin))
}

// Mostly they are spelled the same; parsing takes longer than all else that is looked at here.
function isOriginOf(origin: string, host: string): boolean {
  return origin === `http://${host}` || URL.parse(origin)?.host === host
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
