import { type Appearance, appearanceQuery } from '../../../views/appearance.tsx'
import { embedUrl } from '../../../views/room-path.ts'
import type { Slug } from '../../chat/room.ts'

/** Makes the URLs in an embed's pages: they lead to the embed's own addresses, with its appearance and its ticket. */
export function embedPageUrl(room: Slug, appearance: Appearance, ticket: string) {
  return embedUrl(room, new URLSearchParams({ ...appearanceQuery(appearance), ticket }).toString())
}
