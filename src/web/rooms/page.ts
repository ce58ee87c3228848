import { roomPages } from '../../../views/room-page.tsx'
import type { Member } from '../../chat/member.ts'
import type { Slug } from '../../chat/room.ts'
import type { Web } from '../app.ts'
import { embedsNowhere } from '../embed/allowed-origins.ts'
import { ownerOf } from '../visitor/owner-cookie.ts'
import { sightOf } from './room-snapshot.ts'

/** Somebody who opens a room's page. */
export interface Opener {
  readonly member: Member
  /** The Cookie header, RFC 6265 §4.2.1. */
  readonly cookies: string | undefined
  /** The whole address by which others join, where this one came to. */
  readonly link: string
}

/**
 * A room's page, for whoever opens it.
 * @throws Refusal `gone` for a deleted room
 */
export type RoomPage = (room: Slug, opener: Opener) => Promise<string>

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
