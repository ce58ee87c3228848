import { findRoom } from './find-room.ts'
import type { KeptRoom } from './kept-room.ts'
import type { Member } from './member.ts'
import type { Store } from './ports/store.ts'
import type { Slug } from './room.ts'

/**
 * Lets a member into a room, or refuses. The one seam between a room's name and the room: it is called at the doors,
 * which are Hono's routes (`web/rooms/door.ts`), the room's page (`web/rooms/room-snapshot.ts`) and the streams
 * (`web/stream/enter-room.ts`). So far it admits everybody to every room that was not deleted.
 * @param _member undefined for a reader whom nobody knows
 * @returns the kept room; undefined for a vanishing one
 * @throws Refusal `gone` for a deleted room
 */
export async function enterable(
  chat: { readonly store: Pick<Store, 'findKeptRoom' | 'reservedUntil'> },
  room: Slug,
  _member: Member | undefined,
): Promise<KeptRoom | undefined> {
  return findRoom(chat.store, room)
}
