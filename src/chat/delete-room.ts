import type { Chat } from './chat.ts'
import type { Slug } from './room.ts'

/**
 * Deletes a kept room with all that was said in it; who reads it is sent home.
 * @throws Refusal `not-found`, `full`
 */
export async function deleteRoom({ store }: Chat, room: Slug): Promise<void> {
  await store.remove(room)
}
