import type { Chat } from '../chat.ts'
import type { Spender } from '../rate-limit.ts'
import type { Slug } from '../room.ts'
import { spend } from './within-limit.ts'

/**
 * Deletes a kept room with all that was said in it; who reads it is sent home.
 * @throws Refusal `too-many`, as for posts; `not-found`, `full`
 */
export async function deleteRoom({ store, limits }: Chat, owner: Spender, room: Slug): Promise<void> {
  await spend(limits, 'post', owner, () => store.remove(room))
}
