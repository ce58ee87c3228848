import type { ServerResponse } from 'node:http'

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

/** Pages that stand in no other site's page. */
export const PAGE_CSP = [...PAGE_POLICY, "frame-ancestors 'none'"].join('; ')

/** Pages without scripts that stand in one of Snug's own. */
export const FRAME_CSP = [
  ...PAGE_POLICY.filter((part) => !part.startsWith('script')),
  "frame-ancestors 'self'",
].join('; ')

const DEFAULTS = [
  ['Content-Security-Policy', PAGE_CSP],
  ['Cache-Control', 'no-store'],
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'same-origin'],
] as const

/**
 * Gives an answer what it says by default; what its handler says takes the place of that. Set here and not by Hono,
 * for which every header beyond the first one costs more than all that a post does.
 */
export function setDefaultHeaders(response: ServerResponse): void {
  for (const [name, value] of DEFAULTS) response.setHeader(name, value)
}
