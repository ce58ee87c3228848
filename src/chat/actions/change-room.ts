import type { Chat } from '../chat.ts'
import type { KeptRoom, Settings } from '../kept-room.ts'
import type { Caller } from '../limits/rate-limit.ts'
import type { Slug } from '../room.ts'
import { withinLimit } from './within-limit.ts'

/**
 * Changes the settings of a kept room. The store signals a difference to the room's readers.
 * @param parse makes the settings; a refusal as invalid costs nothing
 * @throws Refusal `too-many`, as for posts; `not-found`, `full`
 */
export async function changeRoom(
  { store, limits }: Chat,
  owner: Caller,
  room: Slug,
  parse: () => Settings,
): Promise<KeptRoom> {
  return withinLimit(limits, 'post', owner, async () => store.changeSettings(room, parse()))
}
