import { type Member, memberId } from './member.ts'
import { type Name, parseName } from './names/name.ts'
import type { Secrets } from './ports/secrets.ts'
import { Refusal } from './refusal.ts'
import type { Slug } from './room.ts'

declare const tokenIdBrand: unique symbol

/** Names a token to those who manage it; sixteen letters and digits that nobody can guess, and no secret. */
export type TokenId = string & { readonly [tokenIdBrand]: true }

/** What a program may do by a token. */
export const SCOPES = ['read', 'post'] as const
export type Scope = (typeof SCOPES)[number]

/** Tokens that a room has at the most, some two hundred bytes each. */
export const TOKENS_MAX = 100

/** By what a program is a member of one room. */
export interface Token {
  readonly id: TokenId
  /** Proves the secret, which is stored nowhere. */
  readonly imprint: string
  /** What the program is called in the room. */
  readonly name: Name
  readonly scopes: readonly Scope[]
  /** Milliseconds since 1970. */
  readonly made: number
}

/** What a token shall be. */
export type TokenRequest = Pick<Token, 'name' | 'scopes'>

const ID_CHARACTERS = 16

/** So that whoever finds one somewhere knows what it is. */
const PREFIX = 'snug_'

const SECRET = /^snug_[\w-]{1,128}$/

/**
 * @param input `scopes` is a list, or words with commas between; all of them where it is missing
 * @throws Refusal `invalid`
 */
export function parseTokenRequest(input: { name?: unknown; scopes?: unknown }): TokenRequest {
  return { name: parseName(input.name), scopes: parseScopes(input.scopes) }
}

/** A new token, and its secret, which is shown once. */
export function generateToken(
  secrets: Pick<Secrets, 'token' | 'hash'>,
  made: number,
  wish: TokenRequest,
): { readonly token: Token; readonly secret: string } {
  const secret = PREFIX + secrets.token() + secrets.token()
  const imprint = secrets.hash(secret)
  return { token: { id: tokenIdOf(imprint), imprint, ...wish, made }, secret }
}

/** The id and the imprint that the token of this secret has, if there is one; undefined for what is no secret. */
export function parseTokenSecret(
  secrets: Pick<Secrets, 'hash'>,
  secret: string,
): Pick<Token, 'id' | 'imprint'> | undefined {
  if (!SECRET.test(secret)) return undefined
  const imprint = secrets.hash(secret)
  return { id: tokenIdOf(imprint), imprint }
}

/** The program as a member: the same for as long as there is the token, whatever keys of sessions come and go. */
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

function tokenIdOf(imprint: string): TokenId {
  return imprint.toLowerCase().replace(/[-_]/g, '').slice(0, ID_CHARACTERS) as TokenId
}

/** Trusted no further than to be looked for. */
export function tokenId(text: string): TokenId {
  return text as TokenId
}

function parseScopes(input: unknown): Scope[] {
  if (input === undefined || input === null || input === '') return [...SCOPES]
  const words = (Array.isArray(input) ? input : String(input).split(',')).map((word) => String(word).trim())
  const unknown = words.find((word) => !SCOPES.some((scope) => scope === word))
  if (unknown !== undefined || words.length === 0)
    throw new Refusal('invalid', 'The scopes of a token must be read, post, or both: read,post.')
  return SCOPES.filter((scope) => words.includes(scope))
}
