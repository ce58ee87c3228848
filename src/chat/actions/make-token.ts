import type { Chat } from '../chat.ts'
import type { Spender } from '../rate-limit.ts'
import type { Slug } from '../room.ts'
import { freshToken, type Token, type TokenWish } from '../token.ts'
import { spend } from './within-limit.ts'

/**
 * Makes a token of a kept room for its owner.
 * @param parse makes what it shall be; what it refuses as invalid costs nothing
 * @returns with the secret, which is had here and never again
 * @throws Refusal `too-many`, as for posts; `conflict` where the room has as many as it can; `not-found`, `full`
 */
export async function makeToken(
  { tokens, secrets, clock, limits }: Chat,
  owner: Spender,
  room: Slug,
  parse: () => TokenWish,
): Promise<{ readonly token: Token; readonly secret: string }> {
  return spend(limits, 'post', owner, async () => {
    const made = freshToken(secrets, clock.now(), parse())
    await tokens.add(room, made.token)
    return made
  })
}
