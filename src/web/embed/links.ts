import { type Appearance, appearanceQuery } from '../../../views/appearance.tsx'
import { embedUrl } from '../../../views/room-path.ts'
import type { Slug } from '../../chat/room.ts'

/** Where an embed's pages lead: to its own addresses, as it looks and with its ticket. */
export function embedPageUrl(room: Slug, appearance: Appearance, ticket: string) {
  return embedUrl(room, new URLSearchParams({ ...appearanceQuery(appearance), ticket }).toString())
}
