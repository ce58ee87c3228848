import type { Chat } from './chat.ts'
import type { KeptRoom, Settings } from './kept-room.ts'
import type { Slug } from './room.ts'

/**
 * Makes a kept room remember as its owner wishes; who reads it is told where that is something else than before.
 * @throws Refusal `not-found`, `full`
 */
export async function changeRoom({ store }: Chat, room: Slug, settings: Settings): Promise<KeptRoom> {
  return store.change(room, settings)
}
