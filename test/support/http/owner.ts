import { postAccepted } from './post-accepted.ts'
import type { Visitor } from './visitor.ts'

/**
 * Makes a kept room.
 * @returns the path of the owner's link
 */
export async function makeKeptRoom(maker: Visitor, fields: Record<string, string> = {}): Promise<string> {
  const made = await postAccepted(maker, '/rooms', { room: 'tea', kind: 'kept', ...fields })
  const { owner } = made as { owner: string }
  return new URL(owner).pathname
}
