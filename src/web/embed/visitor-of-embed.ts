import type { Context } from 'hono'
import { takeVouchedName } from '../../chat/actions/take-vouched-name.ts'
import type { Member } from '../../chat/member.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { withPreferredNames } from '../visitor/preferred-names.ts'
import { readHostUser } from './host-user.ts'
import { TICKET_LIFE_MS } from './tickets.ts'

/** Somebody who opens an embed. */
export interface EmbedVisitor {
  readonly member: Member
  /** Whether nothing was known of them. */
  readonly isNewMember: boolean
}

/**
 * Who opens an embed: whom the page around it names; else whose ticket the page shows, which is worth more than a
 * cookie; else whose cookie the browser shows; else somebody new.
 * @throws Refusal `forbidden` for a name that is not to be believed
 */
export async function identifyEmbedVisitor(
  web: WebContext,
  c: Context<Env>,
  room: Slug,
): Promise<EmbedVisitor> {
  const { tickets, embedSessions } = web
  const shown = tickets.read(room, c.req.query('ticket'))
  const token = c.req.query('token')
  if (token !== undefined)
    return { member: await identifyHostUser(web, c, room, token, shown), isNewMember: false }
  if (shown) return { member: shown, isNewMember: false }
  const cookies = c.req.header('Cookie')
  const isNewMember = embedSessions.read(cookies) === undefined
  const { session, setCookie } = embedSessions.open(cookies)
  if (setCookie) c.header('Set-Cookie', setCookie, { append: true })
  return { member: withPreferredNames(session.member, cookies, embedSessions.cookieNames), isNewMember }
}

/** A token is good once; the page that it brought up may be reloaded for as long as its ticket would be good. */
async function identifyHostUser(
  { chat, embedSecret, hostSessions, oneTimeIds }: WebContext,
  c: Context<Env>,
  room: Slug,
  token: string,
  shown: Member | undefined,
): Promise<Member> {
  const now = chat.clock.now()
  const { secret } = await chat.store.readEmbedding(room)
  const vouching = [secret, embedSecret].filter((known) => known !== undefined)
  const { member, name, oneTimeId, until } = await readHostUser(chat.secrets, vouching, room, token, now)
  if (shown?.verified && shown.id === member.id) return shown
  const before = hostSessions.read(c.req.header('Cookie'))?.member.id === member.id
  if (!before || now >= until + TICKET_LIFE_MS) {
    if (now >= until)
      throw new Refusal('forbidden', 'The page around this has been open too long. Reload it.')
    if (!(await oneTimeIds.use(oneTimeId, until)))
      throw new Refusal('forbidden', 'The token in this page was already used. Reload it.')
  }
  c.header('Set-Cookie', hostSessions.issueCookie(member), { append: true })
  return takeVouchedName(chat, room, member, name)
}
