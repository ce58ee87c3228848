import type { Context, Next } from 'hono'
import { getPath } from 'hono/utils/url'
import type { Appearance } from '../../../views/appearance.tsx'
import { ComposerPage } from '../../../views/composer-page.tsx'
import { renderPage } from '../../../views/layout.tsx'
import { NamePage } from '../../../views/name-form.tsx'
import { lazy } from '../../chat/lazy.ts'
import { type Member, memberId } from '../../chat/member.ts'
import type { Slug } from '../../chat/room.ts'
import type { WebContext } from '../context.ts'
import type { Env } from '../env.ts'
import { parseEmbedAddress, readQuery } from '../http/embed-address.ts'
import { embedIframeCsp, TICKET_CORS_HEADERS } from '../http/headers.ts'
import { wantsFragment } from '../http/negotiate.ts'
import { readForm } from '../http/read-form.ts'
import { decodeSlug } from '../http/read-slug.ts'
import type { Credential } from '../visitor/identity.ts'
import { readAllowedOrigins } from './allowed-origins.ts'
import { embedPageUrl } from './links.ts'
import { readAppearance } from './read-appearance.ts'

/** Parts of an embed's address that a room does not have. */
const EMBED_ONLY_PARTS = new Set(['ticket', 'live.html'])

/** Parts whose response can be a page. */
const PAGE_PARTS = new Set(['messages', 'name', 'composer'])

/** The path that Hono routes: a request of an embed goes to the room's handler, with another identity. */
export function rewriteEmbedPath(request: Request): string {
  const path = getPath(request)
  if (!path.startsWith('/embed/')) return path
  const { room, part = '' } = parseEmbedAddress(path) ?? {}
  return room === undefined || EMBED_ONLY_PARTS.has(part) ? path : `/r/${room}/${part}`
}

/**
 * Prepares a request of an embed for the room's handlers: only the ticket identifies the member, and links lead back
 * into the embed. If the ticket of a form is invalid, the typed text comes back in a page with the ticket of a new
 * member.
 * @throws Refusal `forbidden` for an invalid ticket
 */
export async function handleEmbedRequest(
  web: WebContext,
  credential: Credential & { readonly kind: 'ticket' },
  c: Context<Env>,
  next: Next,
): Promise<Response | undefined> {
  if (c.req.method === 'OPTIONS') return respondToPreflight(c)
  const room = decodeSlug(credential.room)
  const appearance = readAppearance(readQuery(c.env.incoming.url))
  c.set('embedFailure', { appearance, named: false })
  // Scripts take every other response.
  if (!wantsFragment(c) && PAGE_PARTS.has(parseEmbedAddress(c.env.incoming.url)?.part ?? ''))
    c.header('Content-Security-Policy', embedIframeCsp(await readAllowedOrigins(web, room)))
  if (c.req.method === 'POST')
    c.set('redisplayForm', ({ sentence }) => redisplayWithNewTicket(web, c, room, appearance, sentence))
  const member = await web.tickets.check(room, credential.ticket)
  c.set('member', member)
  c.set('address', web.addressOf(c.env.incoming))
  // Each page and each redirect has a new ticket, which is valid for the full time again.
  const urlFor = (holder: Member) => embedPageUrl(room, appearance, web.tickets.issue(room, holder))
  const url = lazy(() => urlFor(member))
  c.set('embed', {
    appearance,
    url: (part) => url()(part),
    urlAfterRename: (name) =>
      member.verified ? url() : urlFor({ ...member, preferredNames: new Map([[room, name]]) }),
  })
  await next()
  return undefined
}

/** The origin of a sandboxed page is `null`, not its server's, so its browser sends a preflight request. */
function respondToPreflight(c: Context<Env>): Response {
  c.header('Access-Control-Allow-Methods', 'GET, POST, PATCH, DELETE')
  c.header('Access-Control-Allow-Headers', '*')
  c.header('Access-Control-Max-Age', '7200')
  return c.body(null, 204)
}

async function redisplayWithNewTicket(
  { chat, tickets, asset }: WebContext,
  c: Context<Env>,
  room: Slug,
  appearance: Appearance,
  sentence: string,
): Promise<string | undefined> {
  // A script keeps the typed text itself.
  if (wantsFragment(c)) return undefined
  // Without these headers, no script of another page can read the new ticket.
  c.env.outgoing.removeDefaultHeaders(TICKET_CORS_HEADERS)
  const fields = await readForm(c)
  const newMember: Member = { id: memberId(chat.secrets.token()), tagVersion: 0 }
  const props = {
    asset,
    room,
    appearance,
    url: embedPageUrl(room, appearance, tickets.issue(room, newMember)),
    refusal: sentence,
  }
  if (c.req.path.endsWith('/name'))
    return renderPage(NamePage({ ...props, name: String(fields.get('name') ?? '') }))
  const text = String(fields.get('text') ?? '')
  const returnTo = fields.get('back') === 'lines' ? 'lines' : 'line'
  return renderPage(ComposerPage({ ...props, returnTo, text, postKey: chat.secrets.token() }))
}
