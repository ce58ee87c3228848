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

/** What is the embed's own and not a part of the room. */
const EMBED_ONLY_PARTS = new Set(['ticket', 'live.html'])

/** What is answered with a page. */
const PAGE_PARTS = new Set(['messages', 'name', 'composer'])

/** Where Hono finds what answers a request: what an embed asks for is the room's, by another identity. */
export function rewriteEmbedPath(request: Request): string {
  const path = getPath(request)
  if (!path.startsWith('/embed/')) return path
  const { room, part = '' } = parseEmbedAddress(path) ?? {}
  return room === undefined || EMBED_ONLY_PARTS.has(part) ? path : `/r/${room}/${part}`
}

/**
 * What is different where an embed asks for a part of the room: who asks is said by its ticket alone, and so is where
 * pages lead. What somebody typed whose ticket is no good comes back in a page that is somebody new's.
 */
export async function handleEmbedRequest(
  web: WebContext,
  shown: Credential & { readonly kind: 'ticket' },
  c: Context<Env>,
  next: Next,
): Promise<Response | undefined> {
  if (c.req.method === 'OPTIONS') return respondToPreflight(c)
  const room = decodeSlug(shown.room)
  const appearance = readAppearance(readQuery(c.env.incoming.url))
  c.set('embedFailure', { appearance, named: false })
  // All else is for scripts.
  if (!wantsFragment(c) && PAGE_PARTS.has(parseEmbedAddress(c.env.incoming.url)?.part ?? ''))
    c.header('Content-Security-Policy', embedIframeCsp(await readAllowedOrigins(web, room)))
  if (c.req.method === 'POST')
    c.set('redisplayForm', ({ sentence }) => redisplayWithNewTicket(web, c, room, appearance, sentence))
  const member = web.tickets.check(room, shown.ticket)
  c.set('member', member)
  c.set('address', web.addressOf(c.env.incoming))
  // Each page, and where each answer leads, is good for as long again.
  const urlAs = (as: Member) => embedPageUrl(room, appearance, web.tickets.issue(room, as))
  const url = lazy(() => urlAs(member))
  c.set('embed', {
    appearance,
    url: (part) => url()(part),
    urlAfterRename: (name) =>
      member.verified ? url() : urlAs({ ...member, preferredNames: new Map([[room, name]]) }),
  })
  await next()
  return undefined
}

/** A sandboxed page is of another origin than its own server: its browser asks first. */
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
  // A script keeps what was typed itself.
  if (wantsFragment(c)) return undefined
  // The new ticket is for the frame that shows this page, and not for whatever page asked by a script.
  c.env.outgoing.removeDefaultHeaders(TICKET_CORS_HEADERS)
  const fields = await readForm(c)
  const somebody: Member = { id: memberId(chat.secrets.token()), tagVersion: 0 }
  const frame = {
    asset,
    room,
    appearance,
    url: embedPageUrl(room, appearance, tickets.issue(room, somebody)),
    refusal: sentence,
  }
  if (c.req.path.endsWith('/name'))
    return renderPage(NamePage({ ...frame, name: String(fields.get('name') ?? '') }))
  const text = String(fields.get('text') ?? '')
  const returnTo = fields.get('back') === 'lines' ? 'lines' : 'line'
  return renderPage(ComposerPage({ ...frame, returnTo, text, postKey: chat.secrets.token() }))
}
