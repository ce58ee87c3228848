import type { Chat } from './chat.ts'
import type { Slug } from './room.ts'

/**
 * Deletes a kept room with all that was said in it, and sends home who reads it.
 * @throws Refusal `not-found`, `full`
 */
export async function deleteRoom({ store, bus }: Chat, room: Slug): Promise<void> {
  await store.remove(room)
  await bus.signal(room, { kind: 'closed' })
}
