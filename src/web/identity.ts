import type { IncomingMessage } from 'node:http'
import type { Member } from '../chat/member.ts'
import { embedPart, queryOf } from './embed-address.ts'
import { readSlug } from './read-slug.ts'
import type { Session, Sessions } from './session.ts'
import type { Tickets } from './tickets.ts'
import { withWishes } from './wished-names.ts'

/** By what a request shows who it comes from: its cookies count only where it shows nothing else. */
export type Shown =
  | { readonly kind: 'cookies'; readonly cookies: string | undefined }
  /** An embed's, for one room, whose address is still percent-encoded. */
  | { readonly kind: 'ticket'; readonly room: string; readonly ticket: string | null }

/** Who a request comes from. */
export type Identity =
  | {
      readonly by: 'cookies'
      readonly member: Member
      readonly session: Session
      /** The value of the Set-Cookie header that the answer brings, where one is due. */
      readonly setCookie: string | undefined
    }
  | { readonly by: 'ticket'; readonly member: Member }

export interface IdentityTools {
  readonly sessions: Sessions
  readonly tickets: Tickets
}

export function shownBy({ url, headers }: Pick<IncomingMessage, 'url' | 'headers'>): Shown {
  const embedded = embedPart(url)
  if (!embedded) return { kind: 'cookies', cookies: headers.cookie }
  return { kind: 'ticket', room: embedded.room, ticket: queryOf(url).get('ticket') }
}

/**
 * Who comes by; a browser that shows nothing is somebody new.
 * @throws Refusal `forbidden` for a ticket that is none
 */
export async function identify({ sessions, tickets }: IdentityTools, shown: Shown): Promise<Identity> {
  if (shown.kind === 'ticket')
    return { by: 'ticket', member: tickets.check(readSlug(shown.room), shown.ticket) }
  const { session, setCookie } = sessions.open(shown.cookies)
  return {
    by: 'cookies',
    member: withWishes(session.member, shown.cookies, sessions.jar),
    session,
    setCookie,
  }
}

/**
 * Who comes by, if anybody known: begins nothing.
 * @throws Refusal `forbidden` for a ticket that is none
 */
export async function recognise(
  { sessions, tickets }: IdentityTools,
  shown: Shown,
): Promise<Member | undefined> {
  if (shown.kind === 'ticket') return tickets.check(readSlug(shown.room), shown.ticket)
  const member = sessions.read(shown.cookies)?.member
  return member && withWishes(member, shown.cookies, sessions.jar)
}
