import type { TokenUse } from '../../chat/actions/authenticate-token.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Scope } from '../../chat/token.ts'
import { decodeSlug } from '../http/read-slug.ts'

/** The requests that a token permits: the method, the path after the room, and the scope that the token needs. */
const PERMITTED_REQUESTS: readonly (readonly [method: string, rest: RegExp, scope: Scope])[] = [
  ['GET', /^(?:events|live\.(?:json|ndjson|txt|html))$/, 'read'],
  ['GET', /^messages(?:\/[^/]+)?$/, 'read'],
  ['GET', /^people$/, 'read'],
  ['POST', /^here$/, 'read'],
  ['POST', /^(?:messages|typing)$/, 'post'],
  ['POST', /^messages\/[^/]+(?:\/delete)?$/, 'post'],
  ['PUT', /^messages\/[^/]+$/, 'post'],
  ['PATCH', /^messages\/[^/]+$/, 'post'],
  ['DELETE', /^messages\/[^/]+$/, 'post'],
  ['POST', /^hook\/[^/]+$/, 'post'],
]

/** A path below a room, as the router reads it. */
const ROOM_ADDRESS_PATTERN = /^\/r\/([^/]+)\/(.+)$/

/**
 * The room and the scope of a request with a token. Anything that is not listed is refused: such a request skips the
 * origin check, so its cookies must not authorise anything.
 * @param path as the router reads it
 * @throws Refusal `forbidden`
 */
export function readTokenUse(method: string, path: string): TokenUse {
  const [, room = '', rest = ''] = ROOM_ADDRESS_PATTERN.exec(path) ?? []
  const effective = method === 'HEAD' ? 'GET' : method
  const use = PERMITTED_REQUESTS.find(([allowed, pattern]) => allowed === effective && pattern.test(rest))
  if (use) return { room: decodeSlug(room), scope: use[2] }
  throw new Refusal('forbidden', 'A token is only for reading and posting in its room, under its own name.')
}

/** The methods that a token permits for this path. */
export function methodsForTokens(path: string): string[] {
  const rest = ROOM_ADDRESS_PATTERN.exec(path)?.[2] ?? ''
  return [
    ...new Set(PERMITTED_REQUESTS.filter(([, pattern]) => pattern.test(rest)).map(([method]) => method)),
  ]
}
