import type { IncomingMessage } from 'node:http'
import { bearer, type TokenUse } from '../chat/bearer.ts'
import type { Chat } from '../chat/chat.ts'
import type { Member } from '../chat/member.ts'
import type { Token } from '../chat/token.ts'
import type { Session, Sessions } from './session.ts'
import { withWishes } from './wished-names.ts'

/** By what a request shows who it comes from: its cookies count only where it shows nothing else. */
export type Shown =
  | { readonly kind: 'cookies'; readonly cookies: string | undefined }
  | { readonly kind: 'token'; readonly secret: string }

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

/** Who follows a stream, if anybody known, and by which token. */
export interface Recognised {
  readonly member: Member | undefined
  readonly token?: Token
}

/** By what those who come by are known. */
export interface Known {
  readonly chat: Pick<Chat, 'tokens' | 'secrets'>
  readonly sessions: Sessions
}

/** RFC 6750 §2.1. Proxies that ask for a password leave another scheme there, which is none of our business. */
const BEARER = /^Bearer(?: +|$)(.*)$/i

/** @param inAddress a token that stands in the address: where a browser can send no header */
export function shownBy(
  { headers: { authorization, cookie } }: Pick<IncomingMessage, 'headers'>,
  inAddress?: string | null,
): Shown {
  const secret = (authorization === undefined ? undefined : BEARER.exec(authorization)?.[1]) ?? inAddress
  return typeof secret === 'string' ? { kind: 'token', secret } : { kind: 'cookies', cookies: cookie }
}

/**
 * Who comes by; a browser that shows nothing is somebody new.
 * @param use what is asked for, where a token is shown
 * @throws Refusal `unauthorized`, `forbidden` for a token that is not good for it
 */
export async function identify(
  { chat, sessions }: Known,
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
  }
}

/**
 * Who comes by, if anybody known: begins nothing.
 * @throws Refusal as `identify`
 */
export async function recognise({ chat, sessions }: Known, shown: Shown, use: TokenUse): Promise<Recognised> {
  switch (shown.kind) {
    case 'cookies': {
      const member = sessions.read(shown.cookies)?.member
      return { member: member && withWishes(member, shown.cookies) }
    }
    case 'token':
      return bearer(chat, shown.secret, use)
  }
}
