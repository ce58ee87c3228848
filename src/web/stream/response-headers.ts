import type { Format } from '../../chat/delivery/frames.ts'
import { READ_ONLY_POLICY } from '../http/headers.ts'

const LIVE_PAGE_POLICY = `${READ_ONLY_POLICY}; frame-ancestors 'self'`
const DATA_STREAM_POLICY = "default-src 'none'; frame-ancestors 'none'"

/** The headers of every stream. */
export function streamHeaders(format: Format, contentType: string): Record<string, string> {
  return {
    'Content-Type': contentType,
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'same-origin',
    'Content-Security-Policy': format === 'html' ? LIVE_PAGE_POLICY : DATA_STREAM_POLICY,
  }
}
