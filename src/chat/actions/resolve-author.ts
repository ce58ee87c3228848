import type { Chat } from '../chat.ts'
import type { Author } from '../event.ts'
import type { Member } from '../member.ts'
import type { Slug } from '../room.ts'
import { takeSeat } from './take-seat.ts'

/**
 * Takes the member's seat and returns the member as the author of a message.
 * `verified` holds for the preferred name alone: nobody vouches for the name that the member has instead while another
 * member holds the preferred one.
 */
export async function resolveAuthor(chat: Chat, room: Slug, member: Member): Promise<Author> {
  const seat = await takeSeat(chat, room, member)
  return { ...seat, verified: member.verified === true && seat.name === member.preferredNames?.get(room) }
}
