import type { IncomingMessage } from 'node:http'
import type { Member } from '../chat/member.ts'
import type { Session, Sessions } from './session.ts'
import { withWishes } from './wished-names.ts'

/** By what a request shows who it comes from: its cookies count only where it shows nothing else. */
export type Shown = { readonly kind: 'cookies'; readonly cookies: string | undefined }

/** Who a request comes from. */
export type Identity = {
  readonly by: 'cookies'
  readonly member: Member
  readonly session: Session
  /** The value of the Set-Cookie header that the answer brings, where one is due. */
  readonly setCookie: string | undefined
}

export function shownBy({ headers }: Pick<IncomingMessage, 'headers'>): Shown {
  return { kind: 'cookies', cookies: headers.cookie }
}

/** Who comes by; a browser that shows nothing is somebody new. */
export async function identify(sessions: Sessions, { cookies }: Shown): Promise<Identity> {
  const { session, setCookie } = sessions.open(cookies)
  return { by: 'cookies', member: withWishes(session.member, cookies), session, setCookie }
}

/** Who comes by, if anybody known: begins nothing. */
export async function recognise(sessions: Sessions, { cookies }: Shown): Promise<Member | undefined> {
  const member = sessions.read(cookies)?.member
  return member && withWishes(member, cookies)
}
