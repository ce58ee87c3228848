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
import type { Session, Sessions } from './session.ts'

/** The credential that a request presents. Its cookies count only if it presents nothing else. */
export type Credential =
  | { readonly kind: 'cookies'; readonly cookies: string | undefined }
  | { readonly kind: 'token'; readonly secret: string }
  /** The ticket of an embed, for one room. `room` is still percent-encoded. */
  | { readonly kind: 'ticket'; readonly room: string; readonly ticket: string | null }
  | ApiClient

/** A browser with its session, which may be new. */
export interface BrowserSession {
  readonly member: Member
  readonly session: Session
  /** The values of the Set-Cookie headers that the response is due. */
  readonly setCookies: readonly string[]
}

/** The member that a request comes from, and the credential that identified them. */
export type Identity =
  | ({ readonly by: 'cookies' } & BrowserSession)
  | { readonly by: 'token'; readonly member: Member; readonly token: Token }
  | { readonly by: 'api-client' | 'ticket'; readonly member: Member }

/** The reader of a stream. `member` is undefined for a reader without a session. */
export interface ExistingIdentity {
  readonly member: Member | undefined
  readonly token?: Token
}

/** The dependencies of identification. */
interface IdentityTools {
  readonly chat: Chat
  readonly sessions: Sessions
  /** Finds the member of an embed's ticket that is valid for the room. */
  readonly tickets: { check(room: Slug, ticket: string | null): Promise<Member> }
  readonly addressOf: AddressOf
}

/** RFC 6750 §2.1. A proxy with a password of its own leaves another scheme in the header, which is ignored. */
const BEARER_SCHEME = /^Bearer(?: +|$)(.*)$/i

/**
 * Reads the token of a request.
 * @param inAddress the token in the address, for browsers, which can't send the header with a stream
 */
export function readBearerToken({ headers }: IncomingMessage, inAddress?: string | null): string | undefined {
  const { authorization } = headers
  const inHeader = authorization === undefined ? undefined : BEARER_SCHEME.exec(authorization)?.[1]
  return inHeader ?? inAddress ?? undefined
}

/** @param inAddress the token in the address of a stream */
export function readCredential(request: IncomingMessage, inAddress?: string | null): Credential {
  const embed = parseEmbedAddress(request.url)
  if (embed) return { kind: 'ticket', room: embed.room, ticket: readQuery(request.url).get('ticket') }
  const secret = readBearerToken(request, inAddress)
  if (secret !== undefined) return { kind: 'token', secret }
  return readApiClient(request) ?? { kind: 'cookies', cookies: request.headers.cookie }
}

/**
 * Identifies the member that a request comes from. A browser without a valid cookie becomes a new member.
 * @param use the room and the scope that a token must be valid for
 * @throws Refusal `unauthorized`, `forbidden` for a token or a ticket that is not valid for the request; `invalid` if
 * the name of a program can't be a name
 */
export async function identify(
  tools: IdentityTools,
  credential: Credential,
  use: () => TokenUse,
): Promise<Identity> {
  const { chat, sessions } = tools
  switch (credential.kind) {
    case 'cookies':
      return { by: 'cookies', ...openBrowserSession(sessions, credential.cookies) }
    case 'token':
      return { by: 'token', ...(await authenticateToken(chat, credential.secret, use())) }
    default:
      return { by: credential.kind, member: await memberOfCredential(tools, credential) }
  }
}

/**
 * Opens the session of a browser, or a new one.
 * @param cookies the Cookie header, RFC 6265 §4.2.1
 */
export function openBrowserSession(sessions: Sessions, cookies: string | undefined): BrowserSession {
  const { session, setCookies } = sessions.open(cookies)
  return { member: sessions.preferredNames.addTo(session.member, cookies), session, setCookies }
}

/**
 * Identifies a member without starting a session.
 * @throws Refusal as `identify`
 */
export async function identifyExisting(
  tools: IdentityTools,
  credential: Credential,
  use: TokenUse,
): Promise<ExistingIdentity> {
  const { chat, sessions } = tools
  switch (credential.kind) {
    case 'cookies': {
      const member = sessions.read(credential.cookies)?.member
      return { member: member && sessions.preferredNames.addTo(member, credential.cookies) }
    }
    case 'token':
      return authenticateToken(chat, credential.secret, use)
    default:
      return { member: await memberOfCredential(tools, credential) }
  }
}

async function memberOfCredential(
  { chat, tickets, addressOf }: IdentityTools,
  credential: Extract<Credential, { readonly kind: 'api-client' | 'ticket' }>,
): Promise<Member> {
  switch (credential.kind) {
    case 'api-client':
      return apiClientMember(chat.secrets, addressOf, credential)
    case 'ticket':
      return tickets.check(decodeSlug(credential.room), credential.ticket)
  }
}
