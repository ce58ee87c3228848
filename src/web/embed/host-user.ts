import { verify } from 'hono/jwt'
import { type Member, memberId } from '../../chat/member.ts'
import { type Name, parseName } from '../../chat/names/name.ts'
import type { Secrets } from '../../chat/ports/secrets.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import { fingerprint } from './trusted-secrets.ts'

/** The longest life of a host page's token: it serves one page load and is not to be stored. */
const LIFE_MAX_MS = 600_000

/** The clocks of two servers may differ by this much. */
const SKEW_MS = 30_000

const SUBJECT_MAX_CHARACTERS = 255
const ID_CHARACTERS = 32

const ROLES: readonly unknown[] = [undefined, 'member', 'moderator']

/** The user named by the token of a host page, which is the page around an embed. */
export interface HostUser {
  /** The same on each visit, as long as the secret is the same. */
  readonly member: Member
  readonly name: Name
  /** Identifies this token, which can be used once. */
  readonly oneTimeId: string
  /** When the token expires, clock skew included; milliseconds since 1970. */
  readonly until: number
}

/** The claims of a token, and the secret that verified it. */
interface VerifiedClaims {
  readonly secret: string
  readonly claims: Readonly<Record<string, unknown>>
}

/**
 * Reads the user from a host page's token: a JWT (RFC 7519) signed with HS256. It has `sub`, `name`, `room` and `exp`,
 * and can have `nbf`, `role` and `jti`. The caller checks whether it has expired or was used before.
 * @param trustedSecrets the secrets that may have signed it
 * @throws Refusal `forbidden`; `invalid` if its name can't be a name
 */
export async function readHostUser(
  secrets: Pick<Secrets, 'hash'>,
  trustedSecrets: readonly string[],
  room: Slug,
  token: string,
  now: number,
): Promise<HostUser> {
  if (trustedSecrets.length === 0) throw forbidden('This room accepts no names from the page around it.')
  const { secret, claims } = await verifyToken(trustedSecrets, token)
  const { sub, name, role, exp, nbf, jti } = claims
  if (claims.room !== room) throw forbidden('The token in this page is for another room.')
  if (typeof sub !== 'string' || sub === '' || sub.length > SUBJECT_MAX_CHARACTERS)
    throw forbidden(
      `The token in this page must say who the reader is: sub, of 1 to ${SUBJECT_MAX_CHARACTERS} characters.`,
    )
  if (!ROLES.includes(role)) throw forbidden('The page around this room names a role that does not exist.')
  if (typeof exp !== 'number') throw forbidden('The token in this page must expire: it needs exp.')
  if (exp * 1000 > now + LIFE_MAX_MS + SKEW_MS)
    throw forbidden(`The token in this page may be valid for ${LIFE_MAX_MS / 60_000} minutes at most: exp.`)
  if (typeof nbf === 'number' && nbf * 1000 > now + SKEW_MS)
    throw forbidden('The token in this page is not valid yet: nbf.')
  const id = secrets.hash(`host\n${secret}\n${sub}`).slice(0, ID_CHARACTERS)
  return {
    member: { id: memberId(id), tagVersion: 0, verified: true, vouchedBy: fingerprint(secrets, secret) },
    name: parseName(name),
    oneTimeId: secrets.hash(`once\n${secret}\n${typeof jti === 'string' ? jti : signedPart(token)}`),
    until: exp * 1000 + SKEW_MS,
  }
}

// One signature has several spellings: the last character of base64 has spare bits, and padding may follow. Only what
// is signed has one.
function signedPart(token: string): string {
  return token.slice(0, token.lastIndexOf('.'))
}

async function verifyToken(trustedSecrets: readonly string[], token: string): Promise<VerifiedClaims> {
  // The callers check the times, with the clock that is passed in.
  const options = { alg: 'HS256', exp: false, nbf: false, iat: false } as const
  for (const secret of trustedSecrets) {
    const claims = await verify(token, secret, options).catch(() => undefined)
    if (claims) return { secret, claims }
  }
  throw forbidden('The token in this page can’t be trusted: it is signed with another secret, or not at all.')
}

function forbidden(sentence: string): Refusal {
  return new Refusal('forbidden', sentence)
}
