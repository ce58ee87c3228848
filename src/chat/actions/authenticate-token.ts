import type { Chat } from '../chat.ts'
import type { Member } from '../member.ts'
import { Refusal } from '../refusal.ts'
import type { Slug } from '../room.ts'
import { memberOfToken, parseTokenSecret, type Scope, type Token } from '../token.ts'

/** What somebody wants to do by a token. */
export interface TokenUse {
  readonly room: Slug
  readonly scope: Scope
}

/** A program that showed a good token. */
export interface AuthenticatedToken {
  readonly member: Member
  readonly token: Token
}

const MISSING_SCOPE = {
  read: 'This token is for posting only: it can’t read here.',
  post: 'This token is for reading only: it can’t post here.',
} as const satisfies Record<Scope, string>

/**
 * Who shows this secret.
 * @throws Refusal `unauthorized` for a token that is none, or none any more; `forbidden` for one of another room, and
 * for what it is not for
 */
export async function authenticateToken(
  { tokens, secrets }: Pick<Chat, 'tokens' | 'secrets'>,
  secret: string,
  { room, scope }: TokenUse,
): Promise<AuthenticatedToken> {
  const shown = parseTokenSecret(secrets, secret)
  const token = shown && (await tokens.find(room, shown.id))
  if (token === 'other-room')
    throw new Refusal('forbidden', `This token is for another room and can’t be used in “${room}”.`)
  // Both are digests: comparing them tells nobody anything.
  if (!shown || token?.imprint !== shown.imprint)
    throw new Refusal('unauthorized', 'This token is not known here. Is it complete, or was it revoked?')
  if (!token.scopes.includes(scope)) throw new Refusal('forbidden', MISSING_SCOPE[scope])
  return { member: memberOfToken(secrets, room, token), token }
}
