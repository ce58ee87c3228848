import type { IncomingMessage } from 'node:http'
import { roomPath } from '../../../views/room-path.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import { isTextBrowser } from '../http/negotiate.ts'
import { decodeSlug } from '../http/read-slug.ts'
import { originOfHost } from '../http/server-origin.ts'

/** The characters of a host name or address with a port. Any other host is left to Hono. */
const HOST_PATTERN = /^[\w.:[\]-]+$/

/**
 * Matches the usual request for a room's page: from a browser, by the room's own address, with no credential except
 * cookies.
 * @returns undefined for all other requests; Hono responds to some of them with the same page
 */
export function matchRoomPage(request: IncomingMessage): Slug | undefined {
  const { method, url = '', headers } = request
  if (method !== 'GET' || !url.startsWith('/r/')) return undefined
  const { accept, authorization, host } = headers
  if (!accept?.startsWith('text/html') || authorization !== undefined) return undefined
  if (host === undefined || !HOST_PATTERN.test(host) || !originOfHost(host) || isTextBrowser(request))
    return undefined
  const address = url.slice('/r/'.length)
  if (/[/?#]/.test(address)) return undefined
  try {
    const room = decodeSlug(address)
    return room === address || roomPath(room) === url ? room : undefined
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}
