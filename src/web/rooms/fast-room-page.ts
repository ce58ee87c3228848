import type { IncomingMessage } from 'node:http'
import { roomPath } from '../../../views/room-path.ts'
import type { Slug } from '../../chat/room.ts'
import type { WebContext } from '../context.ts'
import type { ResponseWithDefaults } from '../http/response.ts'
import { serverOrigin } from '../http/server-origin.ts'
import { openBrowserSession } from '../visitor/identity.ts'

/** The dependencies of room pages. */
export type RoomPageTools = Pick<WebContext, 'sessions' | 'baseUrl' | 'buildRoomPage'>

/**
 * Responds with a room's page, without Hono. When a link is shared, many people open it at once, and Hono would take as
 * long as the page itself.
 * @throws Refusal and any other error before the response begins
 */
export async function respondWithRoomPage(
  { sessions, baseUrl, buildRoomPage }: RoomPageTools,
  room: Slug,
  request: IncomingMessage,
  response: ResponseWithDefaults,
): Promise<void> {
  const { cookie: cookies } = request.headers
  const { member, setCookies } = openBrowserSession(sessions, cookies)
  const link = serverOrigin(request, baseUrl) + roomPath(room)
  const html = await buildRoomPage(room, { member, cookies, link })
  const bytes = Buffer.byteLength(html)
  response.writeHead(200, {
    'content-type': 'text/html; charset=UTF-8',
    'content-length': bytes,
    ...(setCookies.length > 0 && { 'set-cookie': [...setCookies] }),
  })
  // Equal lengths mean that the page is pure ASCII, which is written faster as `latin1`.
  response.end(html, bytes === html.length ? 'latin1' : 'utf8')
}
