import type { IncomingMessage } from 'node:http'
import type { Context } from 'hono'
import { roomPath } from '../../../views/room-path.ts'
import { parseUrl } from '../../chat/bounded-text.ts'
import type { Slug } from '../../chat/room.ts'

/** The full address of a room, to be shared: under the base URL, or else where this visitor reached the server. */
export function roomLink(c: Context, baseUrl: string | undefined, room: Slug): string {
  const { url } = c.req
  return (baseUrl ?? url.slice(0, url.indexOf('/', 'https://'.length))) + roomPath(room)
}

/** The origin of such addresses, for a request that bypasses Hono. */
export function serverOrigin(
  { headers: { host = '' } }: Pick<IncomingMessage, 'headers'>,
  baseUrl: string | undefined,
): string {
  return baseUrl ?? (host === '' ? undefined : originOfHost(host)) ?? 'http://localhost'
}

/** A number of an IPv4 address, as a URL parser writes it. */
const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'

/**
 * Hosts that a URL parser leaves as they are: small ASCII names, IPv4 addresses of four numbers, with a port other than
 * 80 or none. Parsing takes as long as a tenth of a room's page.
 */
const PLAIN_HOST = new RegExp(
  `^(?!.*xn--)(?:[a-z][a-z\\d-]*(?:\\.[a-z][a-z\\d-]*)*|(?:${OCTET}\\.){3}${OCTET})(?::(?!80$)(?:[1-9]\\d{0,3}|[1-5]\\d{4}))?$`,
)

/** The longest host that is compared with the pattern, in UTF-16 code units. */
const PLAIN_HOST_MAX = 255

/**
 * The origin of a host over plain http.
 * @returns undefined for an invalid host
 */
export function originOfHost(host: string): string | undefined {
  const origin = `http://${host}`
  return host.length <= PLAIN_HOST_MAX && PLAIN_HOST.test(host) ? origin : parseUrl(origin)?.origin
}
