import type { Chat } from '../chat.ts'
import type { Caller } from '../limits/rate-limit.ts'
import type { Slug } from '../room.ts'
import { withinLimit } from './within-limit.ts'

/**
 * Deletes a kept room with its history. Its readers are sent to the home page.
 * @throws Refusal `too-many`, as for posts; `not-found`, `full`
 */
export async function deleteRoom({ store, limits }: Chat, owner: Caller, room: Slug): Promise<void> {
  await withinLimit(limits, 'post', owner, () => store.deleteRoom(room))
}
