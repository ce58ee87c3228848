import type { Chat } from './chat.ts'
import type { KeptRoom, Settings } from './kept-room.ts'
import type { Slug } from './room.ts'

/**
 * Makes a kept room remember as its owner wishes, and tells who reads it where that is something else than before.
 * @throws Refusal `not-found`, `full`
 */
export async function changeRoom({ store, bus }: Chat, room: Slug, settings: Settings): Promise<KeptRoom> {
  const before = await store.find(room)
  const kept = await store.change(room, settings)
  if (before?.retention !== kept.retention || before?.keep !== kept.keep)
    await bus.signal(room, { kind: 'settings', settings, made: false })
  return kept
}
