import type { Chat } from '../chat.ts'
import type { Member } from '../member.ts'
import { Refusal } from '../refusal.ts'
import type { Slug } from '../room.ts'
import { memberOfToken, parseTokenSecret, type Scope, type Token } from '../token.ts'

/** The room and the permission that a token is used for. */
export interface TokenUse {
  readonly room: Slug
  readonly scope: Scope
}

/** An API client with a valid token. */
export interface AuthenticatedToken {
  readonly member: Member
  readonly token: Token
}

const MISSING_SCOPE = {
  read: 'This token is for posting only: it can’t read here.',
  post: 'This token is for reading only: it can’t post here.',
} as const satisfies Record<Scope, string>

/**
 * Finds the API client that the secret of a token belongs to.
 * @throws Refusal `unauthorized` for an unknown or revoked token; `forbidden` for a token of another room, or without
 * the scope
 */
export async function authenticateToken(
  { tokens, secrets }: Pick<Chat, 'tokens' | 'secrets'>,
  secret: string,
  { room, scope }: TokenUse,
): Promise<AuthenticatedToken> {
  const claimed = parseTokenSecret(secrets, secret)
  const token = claimed && (await tokens.find(room, claimed.id))
  if (token === 'other-room')
    throw new Refusal('forbidden', `This token is for another room and can’t be used in “${room}”.`)
  // Both are hashes of the secret, so the time of the comparison reveals nothing.
  if (!claimed || token?.imprint !== claimed.imprint)
    throw new Refusal('unauthorized', 'This token is not known here. Is it complete, or was it revoked?')
  if (!token.scopes.includes(scope)) throw new Refusal('forbidden', MISSING_SCOPE[scope])
  return { member: memberOfToken(secrets, room, token), token }
}
