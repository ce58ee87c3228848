import type { Format } from '../../chat/delivery/frames.ts'
import type { Slug } from '../../chat/room.ts'
import { readAllowedOrigins } from '../embed/allowed-origins.ts'
import { embedIframeCsp, READ_ONLY_POLICY } from '../http/headers.ts'
import { ignoreBusy } from '../http/ignore-busy.ts'
import type { StreamTools } from './stream-tools.ts'

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

/** The headers of a stream in an embed, besides those of every stream. */
export async function embedStreamHeaders(
  tools: Pick<StreamTools, 'chat' | 'embedOrigins'>,
  room: Slug,
  format: Format,
): Promise<Record<string, string>> {
  if (format !== 'html') return {}
  // While the owner's list can't be read, the server's list alone is safe: the messages come from the same store, so
  // the page shows none.
  const lists = (await readAllowedOrigins(tools, room).catch(ignoreBusy)) ?? [tools.embedOrigins]
  const policy = embedIframeCsp(lists, READ_ONLY_POLICY)
  return { 'Content-Security-Policy': policy, 'Referrer-Policy': 'no-referrer' }
}
