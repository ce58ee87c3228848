import { type Member, memberId } from './member.ts'
import { type Name, parseName } from './names/name.ts'
import type { Secrets } from './ports/secrets.ts'
import { Refusal } from './refusal.ts'
import type { Slug } from './room.ts'

declare const tokenIdBrand: unique symbol

/** Identifies a token to those who manage it: sixteen unguessable letters and digits. Not a secret. */
export type TokenId = string & { readonly [tokenIdBrand]: true }

/** The permissions that a token can have. */
export const SCOPES = ['read', 'post'] as const
export type Scope = (typeof SCOPES)[number]

/** The most tokens of one room. Each takes some two hundred bytes. */
export const TOKENS_MAX = 100

/** A credential that makes an API client a member of one room. */
export interface Token {
  readonly id: TokenId
  /** The SHA-256 of the secret. The secret itself is stored nowhere. */
  readonly imprint: string
  /** The name of the API client in the room. */
  readonly name: Name
  readonly scopes: readonly Scope[]
  /** Milliseconds since 1970. */
  readonly made: number
}

/** The properties of a new token. */
export type TokenRequest = Pick<Token, 'name' | 'scopes'>

const ID_CHARACTERS = 16

/** Makes a leaked secret recognisable. */
const PREFIX = 'snug_'

const SECRET = /^snug_[\w-]{1,128}$/

/**
 * Parses the properties of a new token.
 * @param input `scopes` is a list or a comma-separated text; without it the token has all scopes
 * @throws Refusal `invalid`
 */
export function parseTokenRequest(input: { name?: unknown; scopes?: unknown }): TokenRequest {
  return { name: parseName(input.name), scopes: parseScopes(input.scopes) }
}

/**
 * Generates a token, and its secret, which is shown once.
 * @param made the current time, in milliseconds since 1970
 */
export function generateToken(
  secrets: Pick<Secrets, 'token' | 'hash'>,
  made: number,
  request: TokenRequest,
): { readonly token: Token; readonly secret: string } {
  const secret = PREFIX + secrets.token() + secrets.token()
  const hash = secrets.hash(secret)
  return { token: { id: tokenIdOf(hash), imprint: hash, ...request, made }, secret }
}

/**
 * Computes the id and the hash of a token from its secret. Such a token may not exist.
 * @returns undefined if the text is not the secret of a token
 */
export function parseTokenSecret(
  secrets: Pick<Secrets, 'hash'>,
  secret: string,
): Pick<Token, 'id' | 'imprint'> | undefined {
  if (!SECRET.test(secret)) return undefined
  const hash = secrets.hash(secret)
  return { id: tokenIdOf(hash), imprint: hash }
}

/** The API client as a member: the same one while the token exists, even when the session keys are rotated. */
export function memberOfToken(
  secrets: Pick<Secrets, 'hash'>,
  room: Slug,
  { id, name }: Pick<Token, 'id' | 'name'>,
): Member {
  return {
    id: memberId(secrets.hash(`token\n${id}`)),
    tagVersion: 0,
    preferredNames: new Map([[room, name]]),
    verified: true,
    hasFixedName: true,
  }
}

function tokenIdOf(hash: string): TokenId {
  return hash.toLowerCase().replace(/[-_]/g, '').slice(0, ID_CHARACTERS) as TokenId
}

/** Brands the id in a request. It is only looked up, so any text will do. */
export function tokenId(text: string): TokenId {
  return text as TokenId
}

function parseScopes(input: unknown): Scope[] {
  if (input === undefined || input === null || input === '') return [...SCOPES]
  const requested = (Array.isArray(input) ? input : String(input).split(',')).map((item) =>
    String(item).trim(),
  )
  const unknown = requested.find((name) => !SCOPES.some((scope) => scope === name))
  if (unknown !== undefined || requested.length === 0)
    throw new Refusal('invalid', 'The scopes of a token must be read, post, or both: read,post.')
  return SCOPES.filter((scope) => requested.includes(scope))
}
