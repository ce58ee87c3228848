import { createRoomPageRenderer } from '../../../views/room-page.tsx'
import type { RoomPageBuilder, WebContext } from '../context.ts'
import { isEmbeddingForbidden } from '../embed/allowed-origins.ts'
import { hasOwnerCookie } from '../visitor/owner-cookie.ts'
import { roomSnapshot } from './room-snapshot.ts'

/** Creates the builder of room pages, which the fast path and Hono's route share. */
export function createRoomPageBuilder(
  web: Pick<WebContext, 'chat' | 'asset' | 'heartbeatSeconds' | 'embedOrigins'>,
): RoomPageBuilder {
  const { chat, asset, heartbeatSeconds, embedOrigins } = web
  const page = createRoomPageRenderer(asset, heartbeatSeconds)
  return async (room, { member, cookies, link }) => {
    const snapshot = await roomSnapshot(chat, room, member)
    return page({
      ...snapshot,
      room,
      link,
      owner: snapshot.kept !== undefined && (await hasOwnerCookie(chat, room, cookies)),
      // A vanishing room has no list of origins of its own.
      embeddable: embedOrigins.length > 0 && !(snapshot.kept && (await isEmbeddingForbidden(web, room))),
      postKey: chat.secrets.token(),
    })
  }
}
