import type { Chat } from './chat.ts'
import type { Author } from './event.ts'
import type { Member } from './member.ts'
import type { Secrets } from './ports.ts'
import type { Slug } from './room.ts'
import { takeSeat } from './take-seat.ts'

/** The member as others see it in this room, from now on under a name that nobody else holds. */
export async function authorIn(chat: Chat, room: Slug, member: Member): Promise<Author> {
  return { ...(await takeSeat(chat, room, member)), verified: member.verified ?? false }
}

/** Six letters and digits that mark a member in one room and can't be followed into another. */
export function tagOf(secrets: Secrets, room: Slug, member: Member): string {
  const digest = secrets.digest('tag', room, member.id, String(member.era))
  return digest.toLowerCase().replace(/[-_]/g, '').slice(0, 6)
}
