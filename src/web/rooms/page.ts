import { createRoomPageRenderer } from '../../../views/room-page.tsx'
import type { RoomPageBuilder, WebContext } from '../context.ts'
import { isEmbeddingForbidden } from '../embed/allowed-origins.ts'
import { hasOwnerCookie } from '../visitor/owner-cookie.ts'
import { roomSnapshot } from './room-snapshot.ts'

export function createRoomPageBuilder(
  web: Pick<WebContext, 'chat' | 'asset' | 'heartbeatSeconds' | 'embedOrigins'>,
): RoomPageBuilder {
  const { chat, asset, heartbeatSeconds, embedOrigins } = web
  const page = createRoomPageRenderer(asset, heartbeatSeconds)
  return async (room, { member, cookies, link }) => {
    const sight = await roomSnapshot(chat, room, member)
    return page({
      ...sight,
      room,
      link,
      owner: sight.kept !== undefined && (await hasOwnerCookie(chat, room, cookies)),
      // A vanishing room has no list of its own.
      embeddable: embedOrigins.length > 0 && !(sight.kept && (await isEmbeddingForbidden(web, room))),
      postKey: chat.secrets.token(),
    })
  }
}
