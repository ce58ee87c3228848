import type { IncomingMessage } from 'node:http'
import { type Member, memberId } from '../../chat/member.ts'
import { type Name, parseName } from '../../chat/names/name.ts'
import type { Secrets } from '../../chat/ports/secrets.ts'
import type { AddressOf, Arrival } from './client-address.ts'

/** A program without a cookie, and what it says with this request that it is called. */
export interface Program {
  readonly kind: 'program'
  readonly request: Arrival
  readonly name: string | undefined
}

type Sent = Pick<IncomingMessage, 'headers' | 'method' | 'url'> & Arrival

/**
 * The program that a request comes from: it shows no cookie, nothing that a browser sends, and either says what it is
 * called (`?name=`) or does something. All others, who only look, are nobody yet.
 */
export function programIn(request: Sent): Program | undefined {
  if (isBrowser(request)) return undefined
  const { method, url = '' } = request
  const queryAt = url.indexOf('?')
  const name = queryAt < 0 ? null : new URLSearchParams(url.slice(queryAt)).get('name')
  if (name === null && (method === 'GET' || method === 'HEAD')) return undefined
  return { kind: 'program', request, name: name ?? undefined }
}

// Not all of it comes from each: on plain http there is no Sec-Fetch-Site, and a first visit has neither cookie nor Origin.
function isBrowser({ headers }: Sent): boolean {
  if (headers.cookie !== undefined || headers.origin !== undefined) return true
  if (headers['sec-fetch-site'] !== undefined || headers['user-agent']?.startsWith('Mozilla/')) return true
  return headers.accept?.includes('text/html') ?? false
}

/**
 * The member that a program is: the same for as long as it comes from one address under one name, and where it has no
 * name the one of that address.
 * @throws Refusal `invalid` for what can't be a name
 */
export function programMember(secrets: Secrets, addressOf: AddressOf, { request, name }: Program): Member {
  const named: Name | undefined = name === undefined ? undefined : parseName(name)
  const id = secrets.digest('program', whence(addressOf, request), named?.toLowerCase() ?? '')
  return { id: memberId(id), era: 0, ...(named !== undefined && { named }) }
}

// To Snug all who come by a proxy that it does not trust have one address. What the proxy says tells them apart: not for
// limits, since a client may have written it, but well enough that nobody speaks for another by chance.
function whence(addressOf: AddressOf, { headers, socket }: Arrival): string {
  const address = addressOf({ headers, socket })
  const told = headers['x-forwarded-for']
  const believed = told === undefined || address !== addressOf({ headers: {}, socket })
  return believed ? address : `${address} ${told}`
}
