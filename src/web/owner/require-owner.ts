import type { Context } from 'hono'
import type { Chat } from '../../chat/chat.ts'
import { findRoom } from '../../chat/find-room.ts'
import type { KeptRoom } from '../../chat/kept-room.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import type { Env } from '../env.ts'
import { hasOwnerCookie } from '../visitor/owner-cookie.ts'

/** @throws Refusal `gone`, `not-found` for what is no kept room */
export async function requireKeptRoom({ store }: Pick<Chat, 'store'>, slug: Slug): Promise<KeptRoom> {
  const kept = await findRoom(store, slug)
  if (kept) return kept
  throw new Refusal('not-found', `“${slug}” is not a kept room: it has no owner and no settings.`)
}

/**
 * The kept room that a route names, for its owner alone.
 * @throws Refusal as `keptRoom`; `forbidden`
 */
export async function requireOwnedRoom(
  chat: Pick<Chat, 'store' | 'secrets'>,
  c: Context<Env>,
): Promise<KeptRoom> {
  const kept = await requireKeptRoom(chat, c.var.room)
  if (await hasOwnerCookie(chat, kept.slug, c.req.header('Cookie'))) return kept
  throw new Refusal(
    'forbidden',
    'Only the owner of this room can do that. Open the owner’s link that was shown when the room was made.',
  )
}
