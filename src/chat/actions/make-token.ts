import type { Chat } from '../chat.ts'
import type { Caller } from '../rate-limit.ts'
import type { Slug } from '../room.ts'
import { generateToken, type Token, type TokenRequest } from '../token.ts'
import { withinLimit } from './within-limit.ts'

/**
 * Makes a token of a kept room for its owner.
 * @param parse makes what it shall be; what it refuses as invalid costs nothing
 * @returns with the secret, which is had here and never again
 * @throws Refusal `too-many`, as for posts; `conflict` where the room has as many as it can; `not-found`, `full`
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
