import type { IncomingMessage } from 'node:http'
import type { Member } from '../chat/member.ts'
import type { Web } from './app.ts'
import { type Program, programIn, programMember } from './program.ts'
import type { Session } from './session.ts'
import { withWishes } from './wished-names.ts'

/** By what a request shows who it comes from: its cookies count only where it shows nothing else. */
export type Shown = { readonly kind: 'cookies'; readonly cookies: string | undefined } | Program

/** Who a request comes from. */
export type Identity =
  | {
      readonly by: 'cookies'
      readonly member: Member
      readonly session: Session
      /** The value of the Set-Cookie header that the answer brings, where one is due. */
      readonly setCookie: string | undefined
    }
  | { readonly by: 'program'; readonly member: Member; readonly session?: never; readonly setCookie?: never }

type Tools = Pick<Web, 'chat' | 'sessions' | 'addressOf'>

export function shownBy(request: IncomingMessage): Shown {
  return programIn(request) ?? { kind: 'cookies', cookies: request.headers.cookie }
}

/** Who comes by; a browser that shows nothing is somebody new. */
export async function identify({ chat, sessions, addressOf }: Tools, shown: Shown): Promise<Identity> {
  if (shown.kind === 'program')
    return { by: 'program', member: programMember(chat.secrets, addressOf, shown) }
  const { session, setCookie } = sessions.open(shown.cookies)
  return { by: 'cookies', member: withWishes(session.member, shown.cookies), session, setCookie }
}

/** Who comes by, if anybody known: begins nothing. */
export async function recognise(
  { chat, sessions, addressOf }: Tools,
  shown: Shown,
): Promise<Member | undefined> {
  if (shown.kind === 'program') return programMember(chat.secrets, addressOf, shown)
  const member = sessions.read(shown.cookies)?.member
  return member && withWishes(member, shown.cookies)
}
