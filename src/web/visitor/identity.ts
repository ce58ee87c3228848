import type { IncomingMessage } from 'node:http'
import { bearer, type TokenUse } from '../../chat/actions/authenticate-token.ts'
import type { Chat } from '../../chat/chat.ts'
import type { Member } from '../../chat/member.ts'
import type { Slug } from '../../chat/room.ts'
import type { Token } from '../../chat/token.ts'
import { embedPart, queryOf } from '../http/embed-address.ts'
import { readSlug } from '../http/read-slug.ts'
import { type Program, programIn, programMember } from './api-client.ts'
import type { AddressOf } from './client-address.ts'
import { withWishes } from './preferred-names.ts'
import type { Session, Sessions } from './session.ts'

/** By what a request shows who it comes from: its cookies count only where it shows nothing else. */
export type Shown =
  | { readonly kind: 'cookies'; readonly cookies: string | undefined }
  | { readonly kind: 'token'; readonly secret: string }
  /** An embed's, for one room, whose address is still percent-encoded. */
  | { readonly kind: 'ticket'; readonly room: string; readonly ticket: string | null }
  | Program

/** A browser that has a session, from now on at the latest. */
export interface Browser {
  readonly member: Member
  readonly session: Session
  /** The value of the Set-Cookie header that the answer brings, where one is due. */
  readonly setCookie: string | undefined
}

/** Who a request comes from. */
export type Identity =
  | ({ readonly by: 'cookies' } & Browser)
  | { readonly by: 'token'; readonly member: Member; readonly token: Token }
  | { readonly by: 'program' | 'ticket'; readonly member: Member }

/** Who follows a stream, if anybody known, and by which token. */
export interface Recognised {
  readonly member: Member | undefined
  readonly token?: Token
}

/** What a visitor can be recognised by. */
interface Known {
  readonly chat: Chat
  readonly sessions: Sessions
  /** The tickets of embeds: the member of a ticket that is valid for the room. */
  readonly tickets: { check(room: Slug, ticket: string | null): Member }
  readonly addressOf: AddressOf
}

/** RFC 6750 §2.1. Proxies that ask for a password leave another scheme there, which is none of our business. */
const BEARER = /^Bearer(?: +|$)(.*)$/i

/**
 * The token that a request shows.
 * @param inAddress where a browser can send no header
 */
export function tokenIn({ headers }: IncomingMessage, inAddress?: string | null): string | undefined {
  const { authorization } = headers
  const inHeader = authorization === undefined ? undefined : BEARER.exec(authorization)?.[1]
  return inHeader ?? inAddress ?? undefined
}

/** @param inAddress a token that stands in the address of a stream */
export function shownBy(request: IncomingMessage, inAddress?: string | null): Shown {
  const embedded = embedPart(request.url)
  if (embedded) return { kind: 'ticket', room: embedded.room, ticket: queryOf(request.url).get('ticket') }
  const secret = tokenIn(request, inAddress)
  if (secret !== undefined) return { kind: 'token', secret }
  return programIn(request) ?? { kind: 'cookies', cookies: request.headers.cookie }
}

/**
 * Who comes by; a browser that shows nothing is somebody new.
 * @param use what is asked for, where a token is shown
 * @throws Refusal `unauthorized`, `forbidden` for a token or a ticket that is not good for it; `invalid` for what can't
 * be a name
 */
export async function identify(known: Known, shown: Shown, use: () => TokenUse): Promise<Identity> {
  const { chat, sessions } = known
  switch (shown.kind) {
    case 'cookies':
      return { by: 'cookies', ...byCookies(sessions, shown.cookies) }
    case 'token':
      return { by: 'token', ...(await bearer(chat, shown.secret, use())) }
    default:
      return { by: shown.kind, member: memberShown(known, shown) }
  }
}

/**
 * The browser that shows these cookies, or somebody new.
 * @param cookies the Cookie header, RFC 6265 §4.2.1
 */
export function byCookies(sessions: Sessions, cookies: string | undefined): Browser {
  const { session, setCookie } = sessions.open(cookies)
  return { member: withWishes(session.member, cookies, sessions.jar), session, setCookie }
}

/**
 * Who comes by, if anybody known: begins nothing.
 * @throws Refusal as `identify`
 */
export async function recognise(known: Known, shown: Shown, use: TokenUse): Promise<Recognised> {
  const { chat, sessions } = known
  switch (shown.kind) {
    case 'cookies': {
      const member = sessions.read(shown.cookies)?.member
      return { member: member && withWishes(member, shown.cookies, sessions.jar) }
    }
    case 'token':
      return bearer(chat, shown.secret, use)
    default:
      return { member: memberShown(known, shown) }
  }
}

function memberShown(
  { chat, tickets, addressOf }: Known,
  shown: Extract<Shown, { readonly kind: 'program' | 'ticket' }>,
): Member {
  switch (shown.kind) {
    case 'program':
      return programMember(chat.secrets, addressOf, shown)
    case 'ticket':
      return tickets.check(readSlug(shown.room), shown.ticket)
  }
}
