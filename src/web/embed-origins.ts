import type { Origins } from '../chat/embedding.ts'
import type { Web } from './app.ts'

/** Which pages may show the room: each list must allow all that are around it. */
export async function originsAround({
  embedOrigins,
}: Pick<Web, 'embedOrigins'>): Promise<readonly Origins[]> {
  return [embedOrigins]
}
