import type { Origins } from '../../chat/embedding.ts'
import type { Slug } from '../../chat/room.ts'
import type { Web } from '../context.ts'

/** Which pages may show the room: each list must allow all that are around it. */
export async function originsAround(
  { chat, embedOrigins }: Pick<Web, 'chat' | 'embedOrigins'>,
  room: Slug,
): Promise<readonly Origins[]> {
  const { origins } = await chat.store.embedding(room)
  return origins ? [embedOrigins, origins] : [embedOrigins]
}

/** Whether no page at all may. */
export async function embedsNowhere(web: Pick<Web, 'chat' | 'embedOrigins'>, room: Slug): Promise<boolean> {
  return (await originsAround(web, room)).some((origins) => origins.length === 0)
}
