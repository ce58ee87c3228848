import type { Origins } from '../../chat/embedding.ts'
import type { Slug } from '../../chat/room.ts'
import type { WebContext } from '../context.ts'

/** The lists of origins that may embed the room: the server's, then the owner's. A page must be on every list. */
export async function readAllowedOrigins(
  { chat, embedOrigins }: Pick<WebContext, 'chat' | 'embedOrigins'>,
  room: Slug,
): Promise<readonly Origins[]> {
  const { origins } = await chat.store.readEmbedding(room)
  return origins ? [embedOrigins, origins] : [embedOrigins]
}

/** Whether a list is empty: then no page may embed the room. */
export async function isEmbeddingForbidden(
  web: Pick<WebContext, 'chat' | 'embedOrigins'>,
  room: Slug,
): Promise<boolean> {
  return (await readAllowedOrigins(web, room)).some((origins) => origins.length === 0)
}
