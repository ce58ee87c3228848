import { verify } from 'hono/jwt'
import { type Member, memberId } from '../../chat/member.ts'
import { type Name, parseName } from '../../chat/names/name.ts'
import type { Secrets } from '../../chat/ports/secrets.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'

/** A token is for the one page that was made with it, and not for keeping. */
const LIFE_MAX_MS = 600_000

/** The clocks of two servers may differ by so much. */
const SKEW_MS = 30_000

const SUBJECT_MAX_CHARACTERS = 255
const ID_CHARACTERS = 32

const ROLES: readonly unknown[] = [undefined, 'member', 'moderator']

/** Somebody whom the page around an embed knows, by its token. */
export interface HostUser {
  /** The same each time, for the same secret. */
  readonly member: Member
  readonly name: Name
  /** Tells this token from all others. */
  readonly oneTimeId: string
  /** Until when it is good, clocks that differ included; milliseconds since 1970. */
  readonly until: number
}

/** What one of the secrets vouches for. */
interface VerifiedClaims {
  readonly secret: string
  readonly claims: Readonly<Record<string, unknown>>
}

/**
 * The user in a host page's token: a JWT (RFC 7519) by HS256, with `sub`, `name`, `room` and `exp`, and `role` and
 * `jti` where they are given. Whether it is over yet, or was shown before, is the caller's to say.
 * @param vouching the secrets that may have signed it
 * @throws Refusal `forbidden`; `invalid` for what can't be a name
 */
export async function readHostUser(
  secrets: Pick<Secrets, 'hash'>,
  vouching: readonly string[],
  room: Slug,
  token: string,
  now: number,
): Promise<HostUser> {
  if (vouching.length === 0) throw forbidden('This room accepts no names from the page around it.')
  const { secret, claims } = await verifyToken(vouching, token)
  const { sub, name, role, exp, nbf, jti } = claims
  if (claims.room !== room) throw forbidden('The token in this page is for another room.')
  if (typeof sub !== 'string' || sub === '' || sub.length > SUBJECT_MAX_CHARACTERS)
    throw forbidden(
      `The token in this page must say who the reader is: sub, of 1 to ${SUBJECT_MAX_CHARACTERS} characters.`,
    )
  if (!ROLES.includes(role)) throw forbidden('The page around this names a role that there is not.')
  if (typeof exp !== 'number') throw forbidden('The token in this page must expire: it needs exp.')
  if (exp * 1000 > now + LIFE_MAX_MS + SKEW_MS)
    throw forbidden(`The token in this page may be valid for ${LIFE_MAX_MS / 60_000} minutes at most: exp.`)
  if (typeof nbf === 'number' && nbf * 1000 > now + SKEW_MS)
    throw forbidden('The token in this page is not valid yet: nbf.')
  const id = secrets.hash(`host\n${secret}\n${sub}`).slice(0, ID_CHARACTERS)
  return {
    member: { id: memberId(id), tagVersion: 0, verified: true },
    name: parseName(name),
    oneTimeId: secrets.hash(`once\n${secret}\n${typeof jti === 'string' ? jti : token}`),
    until: exp * 1000 + SKEW_MS,
  }
}

async function verifyToken(vouching: readonly string[], token: string): Promise<VerifiedClaims> {
  // Time is looked at with the rest, by the clock that everything here goes by.
  const options = { alg: 'HS256', exp: false, nbf: false, iat: false } as const
  for (const secret of vouching) {
    const claims = await verify(token, secret, options).catch(() => undefined)
    if (claims) return { secret, claims }
  }
  throw forbidden('The token in this page can’t be trusted: it is signed with another secret, or not at all.')
}

function forbidden(sentence: string): Refusal {
  return new Refusal('forbidden', sentence)
}
