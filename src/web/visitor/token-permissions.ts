import type { TokenUse } from '../../chat/actions/authenticate-token.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Scope } from '../../chat/token.ts'
import { decodeSlug } from '../http/read-slug.ts'

/** What programs may do by a token: method, what comes after the room in the address, and what the token must be for. */
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

/** The address of a room, as the router reads it. */
const ROOM_ADDRESS_PATTERN = /^\/r\/([^/]+)\/(.+)$/

/**
 * What a request by a token is about. All that is not listed is nothing for programs: their cookies are not looked at,
 * and what no page of ours asks for must not be done by them.
 * @param path as the router reads it
 * @throws Refusal `forbidden`
 */
export function readTokenUse(method: string, path: string): TokenUse {
  const [, room = '', rest = ''] = ROOM_ADDRESS_PATTERN.exec(path) ?? []
  const asked = method === 'HEAD' ? 'GET' : method
  const use = PERMITTED_REQUESTS.find(([its, fits]) => its === asked && fits.test(rest))
  if (use) return { room: decodeSlug(room), scope: use[2] }
  throw new Refusal('forbidden', 'A token is only for reading and posting in its room, under its own name.')
}

/** The methods by which programs may ask for this address. */
export function methodsForTokens(path: string): string[] {
  const rest = ROOM_ADDRESS_PATTERN.exec(path)?.[2] ?? ''
  return [...new Set(PERMITTED_REQUESTS.filter(([, fits]) => fits.test(rest)).map(([method]) => method))]
}
