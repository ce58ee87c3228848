import { roomPath } from '../../views/room-path.ts'
import type { Clock } from '../chat/ports/clock.ts'
import type { Tokens } from '../chat/ports/tokens.ts'
import { Refusal } from '../chat/refusal.ts'
import { parseSlug, type Slug } from '../chat/room.ts'
import { generateToken, parseTokenRequest, type Token, tokenId } from '../chat/token.ts'
import { UnusableResource } from '../chat/unusable-resource.ts'
import type { Config } from '../config/config.ts'
import { createMemorySecrets } from '../secrets/secrets.ts'
import type { CommandResult } from './result.ts'
import { type TokensConfig, withTokens } from './with-tokens.ts'

type TokenCommandConfig = TokensConfig & Pick<Config, 'baseUrl'>

/** The default name of a token. */
const DEFAULT_TOKEN_NAME = 'Program'

/** Creates a token for any room. Only the secret goes to standard output; standard error has the description. */
export function createToken(
  config: TokenCommandConfig,
  clock: Clock,
  roomName: string,
  options: ReadonlyMap<string, string>,
): Promise<CommandResult> {
  return catchProblems(async () => {
    const room = parseSlug(roomName)
    const request = parseTokenRequest({
      name: options.get('name') ?? DEFAULT_TOKEN_NAME,
      scopes: options.get('scopes'),
    })
    const { token, secret } = generateToken(createMemorySecrets(), clock.now(), request)
    await withTokens(config, clock, 'add', (tokens) => tokens.add(room, token))
    return { stdout: secret, stderr: describeToken(room, token, secret, config.baseUrl) }
  })
}

/** Lists the tokens of one room, or of all rooms. */
export function listTokens(
  config: TokenCommandConfig,
  clock: Clock,
  roomName: string | undefined,
): Promise<CommandResult> {
  return catchProblems(async () => {
    const room = roomName === undefined ? undefined : parseSlug(roomName)
    const found = await withTokens(config, clock, 'read', (tokens) => findTokens(tokens, room))
    return { stdout: found.map(({ room, token }) => formatToken(room, token)).join('\n') }
  })
}

/** Revokes a token at once, in all running processes. */
export function revokeToken(config: TokenCommandConfig, clock: Clock, id: string): Promise<CommandResult> {
  return catchProblems(async () => {
    const revoked = await withTokens(config, clock, 'read', (tokens) => tokens.revoke(tokenId(id)))
    if (!revoked) return { problem: `There is no token “${id}”; snug token list prints the id of each.` }
    return { stdout: `The token ${id} is revoked. Programs that used it are disconnected within a second.` }
  })
}

async function findTokens(tokens: Tokens, room: Slug | undefined) {
  return room === undefined ? tokens.listAll() : (await tokens.list(room)).map((token) => ({ room, token }))
}

/** Id, room, scopes, day and name, separated by tabs: readable for people and for `cut`. */
function formatToken(room: Slug | undefined, { id, name, scopes, made }: Token): string {
  const day = new Date(made).toISOString().slice(0, 10)
  // The room is undefined for a vanishing room in Redis: its name is not stored there (P3).
  return [id, room ?? '(vanishing)', scopes.join(','), day, name].join('\t')
}

function describeToken(room: Slug, { id, name, scopes }: Token, secret: string, baseUrl = ''): string {
  const lines = [
    `This is a token for “${name}” in “${room}” (${scopes.join(', ')}), shown only once; its id is ${id}.`,
  ]
  if (scopes.includes('post')) lines.push(`Its hook: ${baseUrl}${roomPath(room)}/hook/${secret}`)
  return lines.join('\n')
}

async function catchProblems(run: () => Promise<CommandResult>): Promise<CommandResult> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof Refusal || error instanceof UnusableResource) return { problem: error.message }
    throw error
  }
}
