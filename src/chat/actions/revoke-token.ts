import type { Chat } from '../chat.ts'
import type { Spender } from '../rate-limit.ts'
import { Refusal } from '../refusal.ts'
import type { Slug } from '../room.ts'
import { memberOf, type TokenId } from '../token.ts'
import { spend } from './within-limit.ts'

/**
 * Ends a token of a room at once, and gives its name back.
 * @throws Refusal `too-many`, as for posts; `not-found`
 */
export async function revokeToken(
  { tokens, secrets, roster, limits }: Chat,
  owner: Spender,
  room: Slug,
  id: TokenId,
): Promise<void> {
  await spend(limits, 'post', owner, async () => {
    const token = (await tokens.of(room)).find((other) => other.id === id)
    if (!token || !(await tokens.revoke(id, room)))
      throw new Refusal('not-found', 'This room has no token with this id.')
    await roster.leave(room, memberOf(secrets, room, token))
  })
}
