import type { IncomingMessage } from 'node:http'
import { bearer, type TokenUse } from '../chat/bearer.ts'
import type { Member } from '../chat/member.ts'
import type { Token } from '../chat/token.ts'
import type { Web } from './app.ts'
import { type Program, programIn, programMember } from './program.ts'
import type { Session } from './session.ts'
import { withWishes } from './wished-names.ts'

/** By what a request shows who it comes from: its cookies count only where it shows nothing else. */
export type Shown =
  | { readonly kind: 'cookies'; readonly cookies: string | undefined }
  | { readonly kind: 'token'; readonly secret: string }
  | Program

/** Who a request comes from. */
export type Identity =
  | {
      readonly by: 'cookies'
      readonly member: Member
      readonly session: Session
      /** The value of the Set-Cookie header that the answer brings, where one is due. */
      readonly setCookie: string | undefined
    }
  | { readonly by: 'token'; readonly member: Member; readonly token: Token }
  | { readonly by: 'program'; readonly member: Member }

/** Who follows a stream, if anybody known, and by which token. */
export interface Recognised {
  readonly member: Member | undefined
  readonly token?: Token
}

/** By what those who come by are known. */
export type Known = Pick<Web, 'chat' | 'sessions' | 'addressOf'>

/** RFC 6750 §2.1. Proxies that ask for a password leave another scheme there, which is none of our business. */
const BEARER = /^Bearer(?: +|$)(.*)$/i

/** @param inAddress a token that stands in the address: where a browser can send no header */
export function shownBy(request: IncomingMessage, inAddress?: string | null): Shown {
  const { authorization, cookie } = request.headers
  const secret = (authorization === undefined ? undefined : BEARER.exec(authorization)?.[1]) ?? inAddress
  if (typeof secret === 'string') return { kind: 'token', secret }
  return programIn(request) ?? { kind: 'cookies', cookies: cookie }
}

/**
 * Who comes by; a browser that shows nothing is somebody new.
 * @param use what is asked for, where a token is shown
 * @throws Refusal `unauthorized`, `forbidden` for a token that is not good for it; `invalid` for what can't be a name
 */
export async function identify(
  { chat, sessions, addressOf }: Known,
  shown: Shown,
  use: () => TokenUse,
): Promise<Identity> {
  switch (shown.kind) {
    case 'cookies': {
      const { session, setCookie } = sessions.open(shown.cookies)
      return { by: 'cookies', member: withWishes(session.member, shown.cookies), session, setCookie }
    }
    case 'token':
      return { by: 'token', ...(await bearer(chat, shown.secret, use())) }
    case 'program':
      return { by: 'program', member: programMember(chat.secrets, addressOf, shown) }
  }
}

/**
 * Who comes by, if anybody known: begins nothing.
 * @throws Refusal as `identify`
 */
export async function recognise(
  { chat, sessions, addressOf }: Known,
  shown: Shown,
  use: TokenUse,
): Promise<Recognised> {
  switch (shown.kind) {
    case 'cookies': {
      const member = sessions.read(shown.cookies)?.member
      return { member: member && withWishes(member, shown.cookies) }
    }
    case 'token':
      return bearer(chat, shown.secret, use)
    case 'program':
      return { member: programMember(chat.secrets, addressOf, shown) }
  }
}
