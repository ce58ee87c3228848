import { findRoom } from './find-room.ts'
import type { KeptRoom } from './kept-room.ts'
import type { Member } from './member.ts'
import type { Store } from './ports/store.ts'
import type { Slug } from './room.ts'

/**
 * Admits a member to a room or refuses. Every entrance calls it, and nothing else leads from a slug to its room:
 * Hono's routes (`web/rooms/room-guard.ts`), the room's page (`web/rooms/room-snapshot.ts`), webhooks
 * (`web/messages/webhook.ts`) and streams (`web/stream/open-stream.ts`).
 * So far it admits everybody to every room that was not deleted.
 * @param _member undefined for a reader without a session
 * @returns the kept room; undefined for a vanishing room
 * @throws Refusal `gone` for a deleted room
 */
export async function enterable(
  chat: { readonly store: Pick<Store, 'findKeptRoom' | 'reservedUntil'> },
  room: Slug,
  _member: Member | undefined,
): Promise<KeptRoom | undefined> {
  return findRoom(chat.store, room)
}
