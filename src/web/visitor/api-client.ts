import type { IncomingMessage } from 'node:http'
import { type Member, memberId } from '../../chat/member.ts'
import { type Name, parseName } from '../../chat/names/name.ts'
import type { Secrets } from '../../chat/ports/secrets.ts'
import { isCommandLine } from '../http/negotiate.ts'
import type { AddressOf, ConnectionInfo } from './client-address.ts'

/** A program without a cookie or a token. `name` is the name that it gives in this request. */
export interface ApiClient {
  readonly kind: 'api-client'
  readonly request: ConnectionInfo
  readonly name: string | undefined
}

type RawRequest = Pick<IncomingMessage, 'headers' | 'method' | 'url'> & ConnectionInfo

/**
 * Recognises a program. It sends no cookie and no header that only browsers send, and it either gives a name (`?name=`)
 * or uses a method other than GET and HEAD.
 * @returns undefined for all others; those that only read have no member yet
 */
export function readApiClient(request: RawRequest): ApiClient | undefined {
  if (isBrowser(request)) return undefined
  const { method, url = '' } = request
  const queryAt = url.indexOf('?')
  const name = queryAt < 0 ? null : new URLSearchParams(url.slice(queryAt)).get('name')
  if (name === null && (method === 'GET' || method === 'HEAD')) return undefined
  return { kind: 'api-client', request, name: name ?? undefined }
}

// No browser always sends all of these: over plain http there is no Sec-Fetch-Site, and the first request has neither a
// cookie nor an Origin.
function isBrowser({ headers }: RawRequest): boolean {
  if (headers.cookie !== undefined || headers.origin !== undefined) return true
  if (headers['sec-fetch-site'] !== undefined) return true
  if (headers['user-agent']?.startsWith('Mozilla/') && !isCommandLine({ headers })) return true
  return headers.accept?.includes('text/html') ?? false
}

/**
 * The member of a program: always the same for one address and one name. Programs without a name share the member of
 * their address.
 * @throws Refusal `invalid` if the name can't be a name
 */
export function apiClientMember(
  secrets: Secrets,
  addressOf: AddressOf,
  { request, name }: ApiClient,
): Member {
  const declaredName: Name | undefined = name === undefined ? undefined : parseName(name)
  const id = secrets.digest('program', sourceKey(addressOf, request), declaredName?.toLowerCase() ?? '')
  return { id: memberId(id), tagVersion: 0, ...(declaredName !== undefined && { declaredName }) }
}

// All clients behind an untrusted proxy have one address. X-Forwarded-For distinguishes them. Limits can't rely on it,
// since the client may have written it, but it is enough to keep two programs from sharing a member by chance.
function sourceKey(addressOf: AddressOf, { headers, socket }: ConnectionInfo): string {
  const address = addressOf({ headers, socket })
  const forwarded = headers['x-forwarded-for']
  const isTrusted = forwarded === undefined || address !== addressOf({ headers: {}, socket })
  return isTrusted ? address : `${address} ${forwarded}`
}
