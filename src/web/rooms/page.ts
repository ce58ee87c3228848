import { roomPages } from '../../../views/room-page.tsx'
import type { RoomPage, Web } from '../context.ts'
import { embedsNowhere } from '../embed/allowed-origins.ts'
import { ownerOf } from '../visitor/owner-cookie.ts'
import { sightOf } from './room-snapshot.ts'

export function roomPage(web: Pick<Web, 'chat' | 'asset' | 'beatSeconds' | 'embedOrigins'>): RoomPage {
  const { chat, asset, beatSeconds, embedOrigins } = web
  const page = roomPages(asset, beatSeconds)
  return async (room, { member, cookies, link }) => {
    const sight = await sightOf(chat, room, member)
    return page({
      ...sight,
      room,
      link,
      owner: sight.kept !== undefined && (await ownerOf(chat, room, cookies)),
      // A vanishing room has no list of its own.
      embeddable: embedOrigins.length > 0 && !(sight.kept && (await embedsNowhere(web, room))),
      postKey: chat.secrets.token(),
    })
  }
}
