import type { IncomingMessage } from 'node:http'
import { type Member, memberId } from '../../chat/member.ts'
import { type Name, parseName } from '../../chat/names/name.ts'
import type { Secrets } from '../../chat/ports/secrets.ts'
import type { AddressOf, ConnectionInfo } from './client-address.ts'

/** A program without a cookie, and what it says with this request that it is called. */
export interface ApiClient {
  readonly kind: 'api-client'
  readonly request: ConnectionInfo
  readonly name: string | undefined
}

type RawRequest = Pick<IncomingMessage, 'headers' | 'method' | 'url'> & ConnectionInfo

/**
 * The program that a request comes from: it shows no cookie, nothing that a browser sends, and either says what it is
 * called (`?name=`) or does something. All others, who only look, are nobody yet.
 */
export function readApiClient(request: RawRequest): ApiClient | undefined {
  if (isBrowser(request)) return undefined
  const { method, url = '' } = request
  const queryAt = url.indexOf('?')
  const name = queryAt < 0 ? null : new URLSearchParams(url.slice(queryAt)).get('name')
  if (name === null && (method === 'GET' || method === 'HEAD')) return undefined
  return { kind: 'api-client', request, name: name ?? undefined }
}

// Not all of it comes from each: on plain http there is no Sec-Fetch-Site, and a first visit has neither cookie nor Origin.
function isBrowser({ headers }: RawRequest): boolean {
  if (headers.cookie !== undefined || headers.origin !== undefined) return true
  if (headers['sec-fetch-site'] !== undefined || headers['user-agent']?.startsWith('Mozilla/')) return true
  return headers.accept?.includes('text/html') ?? false
}

/**
 * The member that a program is: the same for as long as it comes from one address under one name, and where it has no
 * name the one of that address.
 * @throws Refusal `invalid` for what can't be a name
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

// To Snug all who come by a proxy that it does not trust have one address. What the proxy says tells them apart: not for
// limits, since a client may have written it, but well enough that nobody speaks for another by chance.
function sourceKey(addressOf: AddressOf, { headers, socket }: ConnectionInfo): string {
  const address = addressOf({ headers, socket })
  const told = headers['x-forwarded-for']
  const believed = told === undefined || address !== addressOf({ headers: {}, socket })
  return believed ? address : `${address} ${told}`
}
