import type { Context, Next } from 'hono'
import { getPath } from 'hono/utils/url'
import type { Look } from '../../../views/appearance.tsx'
import { ComposerPage } from '../../../views/composer-page.tsx'
import { page } from '../../../views/layout.tsx'
import { NamePage } from '../../../views/name-form.tsx'
import { once } from '../../chat/lazy.ts'
import { type Member, memberId } from '../../chat/member.ts'
import type { Slug } from '../../chat/room.ts'
import type { Web } from '../context.ts'
import type { Env } from '../env.ts'
import { embedPart, queryOf } from '../http/embed-address.ts'
import { embedFrameCsp, TO_TICKETS } from '../http/headers.ts'
import { wantsPart } from '../http/negotiate.ts'
import { readForm } from '../http/read-form.ts'
import { readSlug } from '../http/read-slug.ts'
import type { Shown } from '../visitor/identity.ts'
import { originsAround } from './allowed-origins.ts'
import { embedLinks } from './links.ts'
import { readLook } from './read-appearance.ts'

/** What is the embed's own and not a part of the room. */
const OWN = new Set(['ticket', 'live.html'])

/** What is answered with a page. */
const PAGES = new Set(['messages', 'name', 'composer'])

/** Where Hono finds what answers a request: what an embed asks for is the room's, by another identity. */
export function routedPath(request: Request): string {
  const path = getPath(request)
  if (!path.startsWith('/embed/')) return path
  const { room, part = '' } = embedPart(path) ?? {}
  return room === undefined || OWN.has(part) ? path : `/r/${room}/${part}`
}

/**
 * What is different where an embed asks for a part of the room: who asks is said by its ticket alone, and so is where
 * pages lead. What somebody typed whose ticket is no good comes back in a page that is somebody new's.
 */
export async function answerEmbed(
  web: Web,
  shown: Shown & { readonly kind: 'ticket' },
  c: Context<Env>,
  next: Next,
): Promise<Response | undefined> {
  if (c.req.method === 'OPTIONS') return preflight(c)
  const room = readSlug(shown.room)
  const look = readLook(queryOf(c.env.incoming.url))
  c.set('frame', { look, named: false })
  // All else is for scripts.
  if (!wantsPart(c) && PAGES.has(embedPart(c.env.incoming.url)?.part ?? ''))
    c.header('Content-Security-Policy', embedFrameCsp(await originsAround(web, room)))
  if (c.req.method === 'POST') c.set('giveBack', ({ sentence }) => giveBackAnew(web, c, room, look, sentence))
  const member = web.tickets.check(room, shown.ticket)
  c.set('member', member)
  c.set('address', web.addressOf(c.env.incoming))
  // Each page, and where each answer leads, is good for as long again.
  const urlAs = (as: Member) => embedLinks(room, look, web.tickets.issue(room, as))
  const url = once(() => urlAs(member))
  c.set('embed', {
    look,
    url: (part) => url()(part),
    urlNamed: (name) => (member.verified ? url() : urlAs({ ...member, wishes: new Map([[room, name]]) })),
  })
  await next()
  return undefined
}

/** A sandboxed page is of another origin than its own server: its browser asks first. */
function preflight(c: Context<Env>): Response {
  c.header('Access-Control-Allow-Methods', 'GET, POST, PATCH, DELETE')
  c.header('Access-Control-Allow-Headers', '*')
  c.header('Access-Control-Max-Age', '7200')
  return c.body(null, 204)
}

async function giveBackAnew(
  { chat, tickets, asset }: Web,
  c: Context<Env>,
  room: Slug,
  look: Look,
  sentence: string,
): Promise<string | undefined> {
  // A script keeps what was typed itself.
  if (wantsPart(c)) return undefined
  // The new ticket is for the frame that shows this page, and not for whatever page asked by a script.
  c.env.outgoing.unsay(TO_TICKETS)
  const fields = await readForm(c)
  const somebody: Member = { id: memberId(chat.secrets.token()), era: 0 }
  const frame = {
    asset,
    room,
    look,
    url: embedLinks(room, look, tickets.issue(room, somebody)),
    refusal: sentence,
  }
  if (c.req.path.endsWith('/name'))
    return page(NamePage({ ...frame, name: String(fields.get('name') ?? '') }))
  const text = String(fields.get('text') ?? '')
  const back = fields.get('back') === 'lines' ? 'lines' : 'line'
  return page(ComposerPage({ ...frame, back, text, postKey: chat.secrets.token() }))
}
