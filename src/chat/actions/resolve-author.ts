import type { Chat } from '../chat.ts'
import type { Author } from '../event.ts'
import type { Member } from '../member.ts'
import type { Slug } from '../room.ts'
import { takeSeat } from './take-seat.ts'

/**
 * The member as others see it in this room, from now on under a name that nobody else holds. Whoever answers for a
 * member answers for the name that it wishes for, and for no other that it holds while another has that.
 */
export async function resolveAuthor(chat: Chat, room: Slug, member: Member): Promise<Author> {
  const seat = await takeSeat(chat, room, member)
  return { ...seat, verified: member.verified === true && seat.name === member.preferredNames?.get(room) }
}
