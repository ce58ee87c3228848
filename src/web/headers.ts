import type { MiddlewareHandler } from 'hono'

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

/** What every answer says, unless its handler said it already. */
export const securityHeaders: MiddlewareHandler = async (c, next) => {
  await next()
  const { headers } = c.res
  if (!headers.has('Content-Security-Policy')) headers.set('Content-Security-Policy', PAGE_CSP)
  if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store')
  headers.set('X-Content-Type-Options', 'nosniff')
  if (!headers.has('Referrer-Policy')) headers.set('Referrer-Policy', 'same-origin')
}
