import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { RefusalCode } from '../../chat/refusal.ts'

/** The HTTP status of each refusal code. */
export const STATUS: Readonly<Record<RefusalCode, ContentfulStatusCode>> = {
  invalid: 422,
  'too-large': 413,
  unsupported: 415,
  'not-found': 404,
  'no-such-method': 405,
  gone: 410,
  conflict: 409,
  unauthorized: 401,
  forbidden: 403,
  'too-many': 429,
  full: 507,
  busy: 503,
}
