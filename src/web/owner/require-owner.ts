import type { Context } from 'hono'
import type { Chat } from '../../chat/chat.ts'
import { findRoom } from '../../chat/find-room.ts'
import type { KeptRoom } from '../../chat/kept-room.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import type { Env } from '../env.ts'
import { readRoomSlug } from '../http/read-slug.ts'
import { hasOwnerCookie } from '../visitor/owner-cookie.ts'

/**
 * Finds a kept room.
 * @throws Refusal `gone` for a deleted room; `not-found` if the room is not a kept one
 */
export async function requireKeptRoom({ store }: Pick<Chat, 'store'>, slug: Slug): Promise<KeptRoom> {
  const kept = await findRoom(store, slug)
  if (kept) return kept
  throw new Refusal('not-found', `“${slug}” is not a kept room: it has no owner and no settings.`)
}

/**
 * Finds the kept room of a route, for its owner only.
 * @throws Refusal as `requireKeptRoom`; `forbidden` if the request does not come from the owner
 */
export async function requireOwnedRoom(
  chat: Pick<Chat, 'store' | 'secrets'>,
  c: Context<Env>,
): Promise<KeptRoom> {
  const kept = await requireKeptRoom(chat, readRoomSlug(c))
  if (await hasOwnerCookie(chat, kept.slug, c.req.header('Cookie'))) return kept
  throw new Refusal(
    'forbidden',
    'Only the owner of this room can do that. Open the owner’s link that was shown when the room was made.',
  )
}
