import type { IncomingMessage } from 'node:http'
import type { Context } from 'hono'
import { takeVouchedName } from '../../chat/actions/take-vouched-name.ts'
import type { Member } from '../../chat/member.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { serverOrigin } from '../http/server-origin.ts'
import { readHostUser } from './host-user.ts'
import { TICKET_LIFE_MS } from './tickets.ts'

/** The member who opens an embed. */
export interface EmbedVisitor {
  readonly member: Member
  /** Whether the request had no valid token, ticket or session. */
  readonly isNewMember: boolean
}

/**
 * Identifies the member who opens an embed: by the token of the host page, else by the ticket in the address if the
 * embed's own page led there, else by the browser's cookie. Such a ticket counts more than a cookie. Without all three
 * the member is new.
 * @throws Refusal `forbidden` for a token that can't be trusted; `invalid` if its name can't be a name
 */
export async function identifyEmbedVisitor(
  web: WebContext,
  c: Context<Env>,
  room: Slug,
): Promise<EmbedVisitor> {
  const { tickets, embedSessions } = web
  const held = await tickets.read(room, c.req.query('ticket'))
  const ticketMember = held && holdsTicket(web, c.env.incoming, held) ? held : undefined
  const token = c.req.query('token')
  if (token !== undefined)
    return { member: await identifyHostUser(web, c, room, token, ticketMember), isNewMember: false }
  if (ticketMember) return { member: ticketMember, isNewMember: false }
  const cookies = c.req.header('Cookie')
  const isNewMember = embedSessions.read(cookies) === undefined
  const { session, setCookies } = embedSessions.open(cookies)
  for (const setCookie of setCookies) c.header('Set-Cookie', setCookie, { append: true })
  return { member: embedSessions.preferredNames.addTo(session.member, cookies), isNewMember }
}

/**
 * Whether the ticket in the address is the visitor's own: an embed's page of this server opened that address, or the
 * browser has the cookie of the same member. A link that somebody else made or copied makes nobody that member.
 */
function holdsTicket(
  { baseUrl, embedSessions }: WebContext,
  request: IncomingMessage,
  { id }: Member,
): boolean {
  const { cookie, referer, 'sec-fetch-site': site } = request.headers
  if (site === 'same-origin' || embedSessions.read(cookie)?.member.id === id) return true
  // Browsers send no `Sec-Fetch-Site` over plain http. No page can name another one as its Referer.
  if (site !== undefined || referer === undefined) return false
  const page = URL.parse(referer)
  return page?.origin === serverOrigin(request, baseUrl) && page.pathname.startsWith('/embed/')
}

/** Accepts a token once. The page that it opened can be reloaded with it as long as its ticket would be valid. */
async function identifyHostUser(
  { chat, readTrustedSecrets, hostSessions, oneTimeIds }: WebContext,
  c: Context<Env>,
  room: Slug,
  token: string,
  ticketMember: Member | undefined,
): Promise<Member> {
  const now = chat.clock.now()
  const trustedSecrets = await readTrustedSecrets(room)
  const { member, name, oneTimeId, until } = await readHostUser(
    chat.secrets,
    trustedSecrets,
    room,
    token,
    now,
  )
  if (ticketMember?.verified && ticketMember.id === member.id) return ticketMember
  const hasSession = hostSessions.read(c.req.header('Cookie'))?.member.id === member.id
  if (!hasSession || now >= until + TICKET_LIFE_MS) {
    if (now >= until)
      throw new Refusal('forbidden', 'The page around this room has been open too long. Reload it.')
    if (!(await oneTimeIds.use(oneTimeId, until)))
      throw new Refusal('forbidden', 'The token in this page was already used. Reload it.')
  }
  c.header('Set-Cookie', hostSessions.issueCookie(member), { append: true })
  return takeVouchedName(chat, room, member, name)
}
