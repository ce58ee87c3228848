import type { IncomingMessage } from 'node:http'
import type { Member } from '../chat/member.ts'
import type { Web } from './app.ts'
import { embedPart, queryOf } from './embed-address.ts'
import { type Program, programIn, programMember } from './program.ts'
import { readSlug } from './read-slug.ts'
import type { Session } from './session.ts'
import { withWishes } from './wished-names.ts'

/** By what a request shows who it comes from: its cookies count only where it shows nothing else. */
export type Shown =
  | { readonly kind: 'cookies'; readonly cookies: string | undefined }
  /** An embed's, for one room, whose address is still percent-encoded. */
  | { readonly kind: 'ticket'; readonly room: string; readonly ticket: string | null }
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
  | { readonly by: 'program' | 'ticket'; readonly member: Member }

type Tools = Pick<Web, 'chat' | 'sessions' | 'tickets' | 'addressOf'>

export function shownBy(request: IncomingMessage): Shown {
  const embedded = embedPart(request.url)
  if (embedded) return { kind: 'ticket', room: embedded.room, ticket: queryOf(request.url).get('ticket') }
  return programIn(request) ?? { kind: 'cookies', cookies: request.headers.cookie }
}

/**
 * Who comes by; a browser that shows nothing is somebody new.
 * @throws Refusal `forbidden` for a ticket that is none
 */
export async function identify(tools: Tools, shown: Shown): Promise<Identity> {
  if (shown.kind !== 'cookies') return { by: shown.kind, member: memberOf(tools, shown) }
  const { sessions } = tools
  const { session, setCookie } = sessions.open(shown.cookies)
  const member = withWishes(session.member, shown.cookies, sessions.jar)
  return { by: 'cookies', member, session, setCookie }
}

/**
 * Who comes by, if anybody known: begins nothing.
 * @throws Refusal as `identify`
 */
export async function recognise(tools: Tools, shown: Shown): Promise<Member | undefined> {
  if (shown.kind !== 'cookies') return memberOf(tools, shown)
  const { sessions } = tools
  const member = sessions.read(shown.cookies)?.member
  return member && withWishes(member, shown.cookies, sessions.jar)
}

function memberOf(
  { chat, tickets, addressOf }: Tools,
  shown: Exclude<Shown, { readonly kind: 'cookies' }>,
): Member {
  switch (shown.kind) {
    case 'program':
      return programMember(chat.secrets, addressOf, shown)
    case 'ticket':
      return tickets.check(readSlug(shown.room), shown.ticket)
  }
}
