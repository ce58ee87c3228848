import type { Origins } from '../../chat/embedding.ts'
import type { Slug } from '../../chat/room.ts'
import type { WebContext } from '../context.ts'

/** Which pages may show the room: each list must allow all that are around it. */
export async function readAllowedOrigins(
  { chat, embedOrigins }: Pick<WebContext, 'chat' | 'embedOrigins'>,
  room: Slug,
): Promise<readonly Origins[]> {
  const { origins } = await chat.store.readEmbedding(room)
  return origins ? [embedOrigins, origins] : [embedOrigins]
}

/** Whether no page at all may. */
export async function isEmbeddingForbidden(
  web: Pick<WebContext, 'chat' | 'embedOrigins'>,
  room: Slug,
): Promise<boolean> {
  return (await readAllowedOrigins(web, room)).some((origins) => origins.length === 0)
}
