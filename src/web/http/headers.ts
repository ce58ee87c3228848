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

/** The policy of the message log in pages without scripts. */
export const READ_ONLY_POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"

/** The policy of pages that no page may frame. */
const PAGE_CSP = [...PAGE_POLICY, "frame-ancestors 'none'"].join('; ')

/** The policy of frames without scripts in Snug's own pages. */
export const IFRAME_CSP = [...IFRAME_POLICY, "frame-ancestors 'self'"].join('; ')

/**
 * The policy of an embed's page. Every page around it must be on every list.
 * @param lists the list of the operator, and the one of the room's owner
 */
export function embedCsp(lists: readonly Origins[]): string {
  return selectRestrictive(lists)
    .map((origins) => [...PAGE_POLICY, ...ancestorPolicy(origins)].join('; '))
    .join(', ')
}

/** The policy of frames without scripts, a form or a log, in an embed's page. That page is one of their ancestors. */
export function embedIframeCsp(lists: readonly Origins[], policy = IFRAME_POLICY.join('; ')): string {
  return selectRestrictive(lists)
    .map((origins) => {
      const ancestors = origins.length === 0 ? ["frame-ancestors 'self'"] : ancestorPolicy(origins)
      return [policy, ...ancestors].join('; ')
    })
    .join(', ')
}

/** The lists that restrict anything; if none does, one list that allows all pages. */
function selectRestrictive(lists: readonly Origins[]): readonly Origins[] {
  const limits = lists.filter((origins) => !origins.includes('*'))
  return limits.length === 0 ? [ALL_ORIGINS] : limits
}

// `'self'`: the page of a room that can be embedded shows a preview of the embed.
// Without the directive every page may frame this one. `*` would leave out pages from a file, sandboxed pages (previews
// in editors) and pages of apps: it matches the schemes of the network only (CSP Level 3, §6.7.2.8).
function ancestorPolicy(origins: Origins): string[] {
  if (origins.includes('*')) return []
  return [`frame-ancestors ${origins.length === 0 ? "'none'" : `'self' ${origins.join(' ')}`}`]
}

/** Default headers of non-streaming responses. */
export const DEFAULT_HEADERS: HeaderFields = {
  'content-security-policy': PAGE_CSP,
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
}

/** Headers of all responses below /embed/: cross-origin isolated pages may show them, and no Referer contains them. */
export const EMBED_HEADERS: HeaderFields = {
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'cross-origin',
  'cross-origin-embedder-policy': 'require-corp',
}

/**
 * More headers of responses to an embed's requests with a ticket. A sandboxed page, whose origin is `null`, may read
 * them. New tickets are issued only in pages, which do not get these headers.
 */
export const TICKET_CORS_HEADERS: HeaderFields = {
  'access-control-allow-origin': 'null',
  'access-control-expose-headers': '*',
  vary: 'Origin',
}
