import assert from 'node:assert/strict'
import { parseName } from '../../../src/chat/names/name.ts'
import { parseSlug } from '../../../src/chat/room.ts'
import { generateToken, SCOPES, type Scope } from '../../../src/chat/token.ts'
import type { TestServer } from './server.ts'
import type { Visitor } from './visitor.ts'

/** A token as the response to its maker shows it. */
export interface IssuedToken {
  readonly id: string
  readonly secret: string
  readonly hook: string
}

/** Makes a token as the owner of a room. */
export async function makeToken(
  owner: Visitor,
  room: string,
  fields: Record<string, string> = {},
): Promise<IssuedToken> {
  const made = await owner.post(
    `/r/${room}/tokens`,
    { name: 'Weather Bot', ...fields },
    { Accept: 'application/json' },
  )
  assert.equal(made.status, 201)
  return (await made.json()) as IssuedToken
}

/**
 * Makes a token as the operator does, for a room of either kind.
 * @returns its secret
 */
export async function addToken(
  { chat }: Pick<TestServer, 'chat'>,
  room: string,
  name = 'Weather Bot',
  scopes: readonly Scope[] = SCOPES,
): Promise<string> {
  const { token, secret } = generateToken(chat.secrets, chat.clock.now(), { name: parseName(name), scopes })
  await chat.tokens.add(parseSlug(room), token)
  return secret
}

/** The header that presents a token. */
export function bearerHeader(secret: string): { Authorization: string } {
  return { Authorization: `Bearer ${secret}` }
}
