import { ALL_ORIGINS, type Origins } from '../../chat/embedding.ts'
import type { HeaderFields } from './response.ts'

const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
]

const IFRAME_POLICY = PAGE_POLICY.filter((part) => !part.startsWith('script'))

/** A log without scripts. */
export const READ_ONLY_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"

/** Pages that stand in no other site's page. */
const PAGE_CSP = [...PAGE_POLICY, "frame-ancestors 'none'"].join('; ')

/** Pages without scripts that stand in one of Snug's own. */
export const IFRAME_CSP = [...IFRAME_POLICY, "frame-ancestors 'self'"].join('; ')

/**
 * The policy of an embed's page: every list must allow all pages around it.
 * @param lists of the operator, and of the room's owner
 */
export function embedCsp(lists: readonly Origins[]): string {
  return selectRestrictive(lists)
    .map((origins) => [...PAGE_POLICY, `frame-ancestors ${ancestorSources(origins)}`].join('; '))
    .join(', ')
}

/** The same for the frames without scripts in such a page, which stands around them too: a form, or a log. */
export function embedIframeCsp(lists: readonly Origins[], policy = IFRAME_POLICY.join('; ')): string {
  return selectRestrictive(lists)
    .map((origins) => {
      // A sandboxed page is of no origin: `*` means no such one.
      const ancestors = origins.includes('*') ? [] : [`frame-ancestors 'self' ${origins.join(' ')}`.trim()]
      return [policy, ...ancestors].join('; ')
    })
    .join(', ')
}

/** Those that not every page is in, or one that says that every page may. */
function selectRestrictive(lists: readonly Origins[]): readonly Origins[] {
  const limits = lists.filter((origins) => !origins.includes('*'))
  return limits.length === 0 ? [ALL_ORIGINS] : limits
}

// Where any page may show a room, the room's own page shows what that looks like.
function ancestorSources(origins: Origins): string {
  if (origins.includes('*')) return '*'
  return origins.length === 0 ? "'none'" : `'self' ${origins.join(' ')}`
}

/** What answers say that are no streams, where their handlers say nothing else. */
export const DEFAULT_HEADERS: HeaderFields = {
  'content-security-policy': PAGE_CSP,
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
}

/** What all answers below /embed/ say: pages with cross-origin isolation may show them, and nobody is told where they are. */
export const EMBED_HEADERS: HeaderFields = {
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'cross-origin',
  'cross-origin-embedder-policy': 'require-corp',
}

/**
 * What answers to an embed with a ticket say besides: a sandboxed page, whose origin is `null`, may read them. A ticket
 * is given in pages alone, and those are for no other page to read.
 */
export const TICKET_CORS_HEADERS: HeaderFields = {
  'access-control-allow-origin': 'null',
  'access-control-expose-headers': '*',
  vary: 'Origin',
}
