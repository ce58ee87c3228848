import type { Chat } from '../chat.ts'
import type { Caller } from '../limits/rate-limit.ts'
import type { Slug } from '../room.ts'
import { generateToken, type Token, type TokenRequest } from '../token.ts'
import { withinLimit } from './within-limit.ts'

/**
 * Makes a token of a kept room for its owner.
 * @param parse makes the properties; a refusal as invalid costs nothing
 * @returns the token, and its secret, which is not available later
 * @throws Refusal `too-many`, as for posts; `conflict` if the room has the maximum of tokens; `not-found`, `full`
 */
export async function makeToken(
  { tokens, secrets, clock, limits }: Chat,
  owner: Caller,
  room: Slug,
  parse: () => TokenRequest,
): Promise<{ readonly token: Token; readonly secret: string }> {
  return withinLimit(limits, 'post', owner, async () => {
    const made = generateToken(secrets, clock.now(), parse())
    await tokens.add(room, made.token)
    return made
  })
}
