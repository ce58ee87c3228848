import type { Format } from '../../chat/delivery/frames.ts'
import type { Slug } from '../../chat/room.ts'
import { readAllowedOrigins } from '../embed/allowed-origins.ts'
import { embedIframeCsp, READ_ONLY_POLICY } from '../http/headers.ts'
import { ignoreBusy } from '../http/ignore-busy.ts'
import type { StreamTools } from './stream-tools.ts'

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
