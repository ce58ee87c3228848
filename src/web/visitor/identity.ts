import type { IncomingMessage } from 'node:http'
import { authenticateToken, type TokenUse } from '../../chat/actions/authenticate-token.ts'
import type { Chat } from '../../chat/chat.ts'
import type { Member } from '../../chat/member.ts'
import type { Slug } from '../../chat/room.ts'
import type { Token } from '../../chat/token.ts'
import { parseEmbedAddress, readQuery } from '../http/embed-address.ts'
import { decodeSlug } from '../http/read-slug.ts'
import { type ApiClient, apiClientMember, readApiClient } from './api-client.ts'
import type { AddressOf } from './client-address.ts'
import { withPreferredNames } from './preferred-names.ts'
import type { Session, Sessions } from './session.ts'

/** By what a request shows who it comes from: its cookies count only where it shows nothing else. */
export type Credential =
  | { readonly kind: 'cookies'; readonly cookies: string | undefined }
  | { readonly kind: 'token'; readonly secret: string }
  /** An embed's, for one room, whose address is still percent-encoded. */
  | { readonly kind: 'ticket'; readonly room: string; readonly ticket: string | null }
  | ApiClient

/** A browser that has a session, from now on at the latest. */
export interface BrowserSession {
  readonly member: Member
  readonly session: Session
  /** The value of the Set-Cookie header that the answer brings, where one is due. */
  readonly setCookie: string | undefined
}

/** Who a request comes from. */
export type Identity =
  | ({ readonly by: 'cookies' } & BrowserSession)
  | { readonly by: 'token'; readonly member: Member; readonly token: Token }
  | { readonly by: 'api-client' | 'ticket'; readonly member: Member }

/** Who follows a stream, if anybody known, and by which token. */
export interface ExistingIdentity {
  readonly member: Member | undefined
  readonly token?: Token
}

/** What a visitor can be recognised by. */
interface IdentityTools {
  readonly chat: Chat
  readonly sessions: Sessions
  /** The tickets of embeds: the member of a ticket that is valid for the room. */
  readonly tickets: { check(room: Slug, ticket: string | null): Member }
  readonly addressOf: AddressOf
}

/** RFC 6750 §2.1. Proxies that ask for a password leave another scheme there, which is none of our business. */
const BEARER_SCHEME = /^Bearer(?: +|$)(.*)$/i

/**
 * The token that a request shows.
 * @param inAddress where a browser can send no header
 */
export function readBearerToken({ headers }: IncomingMessage, inAddress?: string | null): string | undefined {
  const { authorization } = headers
  const inHeader = authorization === undefined ? undefined : BEARER_SCHEME.exec(authorization)?.[1]
  return inHeader ?? inAddress ?? undefined
}

/** @param inAddress a token that stands in the address of a stream */
export function readCredential(request: IncomingMessage, inAddress?: string | null): Credential {
  const embedded = parseEmbedAddress(request.url)
  if (embedded) return { kind: 'ticket', room: embedded.room, ticket: readQuery(request.url).get('ticket') }
  const secret = readBearerToken(request, inAddress)
  if (secret !== undefined) return { kind: 'token', secret }
  return readApiClient(request) ?? { kind: 'cookies', cookies: request.headers.cookie }
}

/**
 * Who comes by; a browser that shows nothing is somebody new.
 * @param use what is asked for, where a token is shown
 * @throws Refusal `unauthorized`, `forbidden` for a token or a ticket that is not good for it; `invalid` for what can't
 * be a name
 */
export async function identify(
  known: IdentityTools,
  shown: Credential,
  use: () => TokenUse,
): Promise<Identity> {
  const { chat, sessions } = known
  switch (shown.kind) {
    case 'cookies':
      return { by: 'cookies', ...openBrowserSession(sessions, shown.cookies) }
    case 'token':
      return { by: 'token', ...(await authenticateToken(chat, shown.secret, use())) }
    default:
      return { by: shown.kind, member: memberOfCredential(known, shown) }
  }
}

/**
 * The browser that shows these cookies, or somebody new.
 * @param cookies the Cookie header, RFC 6265 §4.2.1
 */
export function openBrowserSession(sessions: Sessions, cookies: string | undefined): BrowserSession {
  const { session, setCookie } = sessions.open(cookies)
  return { member: withPreferredNames(session.member, cookies, sessions.cookieNames), session, setCookie }
}

/**
 * Who comes by, if anybody known: begins nothing.
 * @throws Refusal as `identify`
 */
export async function identifyExisting(
  known: IdentityTools,
  shown: Credential,
  use: TokenUse,
): Promise<ExistingIdentity> {
  const { chat, sessions } = known
  switch (shown.kind) {
    case 'cookies': {
      const member = sessions.read(shown.cookies)?.member
      return { member: member && withPreferredNames(member, shown.cookies, sessions.cookieNames) }
    }
    case 'token':
      return authenticateToken(chat, shown.secret, use)
    default:
      return { member: memberOfCredential(known, shown) }
  }
}

function memberOfCredential(
  { chat, tickets, addressOf }: IdentityTools,
  shown: Extract<Credential, { readonly kind: 'api-client' | 'ticket' }>,
): Member {
  switch (shown.kind) {
    case 'api-client':
      return apiClientMember(chat.secrets, addressOf, shown)
    case 'ticket':
      return tickets.check(decodeSlug(shown.room), shown.ticket)
  }
}
