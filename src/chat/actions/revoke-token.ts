import type { Chat } from '../chat.ts'
import type { Caller } from '../limits/rate-limit.ts'
import { Refusal } from '../refusal.ts'
import type { Slug } from '../room.ts'
import { memberOfToken, type TokenId } from '../token.ts'
import { withinLimit } from './within-limit.ts'

/**
 * Revokes a token of a room at once and gives its name back.
 * @throws Refusal `too-many`, as for posts; `not-found`
 */
export async function revokeToken(
  { tokens, secrets, roster, limits }: Chat,
  owner: Caller,
  room: Slug,
  id: TokenId,
): Promise<void> {
  await withinLimit(limits, 'post', owner, async () => {
    const token = (await tokens.list(room)).find((other) => other.id === id)
    if (!token || !(await tokens.revoke(id, room)))
      throw new Refusal('not-found', 'This room has no token with this id.')
    await roster.leave(room, memberOfToken(secrets, room, token))
  })
}
