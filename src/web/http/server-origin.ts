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

/**
 * The origin of a host over plain http.
 * @returns undefined for an invalid host
 */
export function originOfHost(host: string): string | undefined {
  return parseUrl(`http://${host}`)?.origin
}
