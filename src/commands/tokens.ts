import { roomPath } from '../../views/room-path.ts'
import type { Clock } from '../chat/ports/clock.ts'
import type { Tokens } from '../chat/ports/tokens.ts'
import { Refusal } from '../chat/refusal.ts'
import { parseSlug, type Slug } from '../chat/room.ts'
import { freshToken, parseTokenWish, type Token, tokenId } from '../chat/token.ts'
import { Unusable } from '../chat/unusable-resource.ts'
import type { Config } from '../config/config.ts'
import { memorySecrets } from '../secrets/secrets.ts'
import type { Outcome } from './result.ts'
import { type TokensPlace, withTokens } from './with-tokens.ts'

type Where = TokensPlace & Pick<Config, 'baseUrl'>

/** What a program is called whose maker names it not. */
const NAME = 'Program'

/** Makes a token for any room: its secret is printed alone, and what else there is to say beside it. */
export function createToken(
  config: Where,
  clock: Clock,
  word: string,
  options: ReadonlyMap<string, string>,
): Promise<Outcome> {
  return attempt(async () => {
    const room = parseSlug(word)
    const wish = parseTokenWish({ name: options.get('name') ?? NAME, scopes: options.get('scopes') })
    const { token, secret } = freshToken(memorySecrets(), clock.now(), wish)
    await withTokens(config, clock, 'make', (tokens) => tokens.add(room, token))
    return { said: secret, noted: words(room, token, secret, config.baseUrl) }
  })
}

/** Lists the tokens of a room, or of all. */
export function listTokens(config: Where, clock: Clock, word: string | undefined): Promise<Outcome> {
  return attempt(async () => {
    const room = word === undefined ? undefined : parseSlug(word)
    const found = await withTokens(config, clock, 'look', (tokens) => tokensOf(tokens, room))
    return { said: found.map(({ room, token }) => line(room, token)).join('\n') }
  })
}

/** Ends a token at once, in all processes that run. */
export function revokeToken(config: Where, clock: Clock, word: string): Promise<Outcome> {
  return attempt(async () => {
    const revoked = await withTokens(config, clock, 'look', (tokens) => tokens.revoke(tokenId(word)))
    if (!revoked) return { problem: `There is no token “${word}”; snug token list prints the id of each.` }
    return { said: `The token ${word} is revoked. Programs that used it are disconnected within a second.` }
  })
}

async function tokensOf(tokens: Tokens, room: Slug | undefined) {
  return room === undefined ? tokens.all() : (await tokens.of(room)).map((token) => ({ room, token }))
}

/** Id, room, scopes, day and name, with tabs between: for eyes and for `cut`. */
function line(room: Slug | undefined, { id, name, scopes, made }: Token): string {
  const day = new Date(made).toISOString().slice(0, 10)
  // In Redis nobody shall read the names of vanishing rooms.
  return [id, room ?? '(vanishing)', scopes.join(','), day, name].join('\t')
}

function words(room: Slug, { id, name, scopes }: Token, secret: string, baseUrl = ''): string {
  const said = [
    `This is a token for “${name}” in “${room}” (${scopes.join(', ')}), shown only once; its id is ${id}.`,
  ]
  if (scopes.includes('post')) said.push(`Its hook: ${baseUrl}${roomPath(room)}/hook/${secret}`)
  return said.join('\n')
}

async function attempt(run: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof Refusal || error instanceof Unusable) return { problem: error.message }
    throw error
  }
}
