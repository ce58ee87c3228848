import type { IncomingMessage } from 'node:http'
import { roomPath } from '../../../views/room-path.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import { isTextBrowser } from '../http/negotiate.ts'
import { decodeSlug } from '../http/read-slug.ts'
import { originOfHost } from '../http/server-origin.ts'

/** What a name or an address of a host, and a port, are made of. Whatever else a host is called, Hono knows of. */
const HOST_PATTERN = /^[\w.:[\]-]+$/

/**
 * The room whose page a browser asks for in the plain way: by the room's own address, with nothing but its cookies.
 * Undefined for all other requests, of which some get that page as well.
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
