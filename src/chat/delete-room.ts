import type { Spender } from './budget.ts'
import type { Chat } from './chat.ts'
import type { Slug } from './room.ts'
import { spend } from './spend.ts'

/**
 * Deletes a kept room with all that was said in it; who reads it is sent home.
 * @throws Refusal `too-many`, as for posts; `not-found`, `full`
 */
export async function deleteRoom({ store, limits }: Chat, owner: Spender, room: Slug): Promise<void> {
  await spend(limits, 'post', owner, () => store.remove(room))
}
