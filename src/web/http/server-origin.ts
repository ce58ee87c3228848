import type { IncomingMessage } from 'node:http'
import type { Context } from 'hono'
import { roomPath } from '../../../views/room-path.ts'
import { RecentCache } from '../../chat/recent-cache.ts'
import type { Slug } from '../../chat/room.ts'

/** The whole address by which others join: under the base URL, or wherever this visitor reached the server. */
export function roomLink(c: Context, baseUrl: string | undefined, room: Slug): string {
  const { url } = c.req
  return (baseUrl ?? url.slice(0, url.indexOf('/', 'https://'.length))) + roomPath(room)
}

/** The same beginning of all addresses, for a request that is not Hono's. */
export function serverOrigin(
  { headers: { host = '' } }: Pick<IncomingMessage, 'headers'>,
  baseUrl: string | undefined,
): string {
  return baseUrl ?? (host === '' ? undefined : originOfHost(host)) ?? 'http://localhost'
}

/** How addresses at this host begin; undefined where there can be none. */
export function originOfHost(host: string): string | undefined {
  const known = originCache.get(host)
  if (known !== undefined) return known
  const origin = URL.parse(`http://${host}`)?.origin
  if (origin !== undefined) originCache.set(host, origin)
  return origin
}

/** Names by which a server is reached that are remembered: few are its own, and anybody can say others. */
const HOSTS_MAX = 100

const originCache = new RecentCache<string>(HOSTS_MAX)
