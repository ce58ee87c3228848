import type { IncomingMessage } from 'node:http'
import { roomPath } from '../../../views/room-path.ts'
import type { Slug } from '../../chat/room.ts'
import type { WebContext } from '../context.ts'
import type { ResponseWithDefaults } from '../http/response.ts'
import { serverOrigin } from '../http/server-origin.ts'
import { openBrowserSession } from '../visitor/identity.ts'

/** What pages work with. */
export type RoomPageTools = Pick<WebContext, 'sessions' | 'baseUrl' | 'buildRoomPage'>

/**
 * Answers with a room's page. A link that is shared is opened by everybody at once, and the way through Hono would take
 * as long as the page itself.
 * @throws Refusal and whatever goes wrong, before anything is said
 */
export async function respondWithRoomPage(
  { sessions, baseUrl, buildRoomPage }: RoomPageTools,
  room: Slug,
  request: IncomingMessage,
  answer: ResponseWithDefaults,
): Promise<void> {
  const { cookie: cookies } = request.headers
  const { member, setCookie } = openBrowserSession(sessions, cookies)
  const link = serverOrigin(request, baseUrl) + roomPath(room)
  const html = await buildRoomPage(room, { member, cookies, link })
  const bytes = Buffer.byteLength(html)
  answer.writeHead(200, {
    'content-type': 'text/html; charset=UTF-8',
    'content-length': bytes,
    ...(setCookie !== undefined && { 'set-cookie': setCookie }),
  })
  // Where they are as many as characters, all of those are ASCII's, which go out sooner by this name.
  answer.end(html, bytes === html.length ? 'latin1' : 'utf8')
}
