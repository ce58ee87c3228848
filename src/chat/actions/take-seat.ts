import type { Chat } from '../chat.ts'
import type { Member, Seat } from '../member.ts'
import type { Slug } from '../room.ts'
import { nameTakenRefusal } from './take-name.ts'

/**
 * Takes the seat of a member who acts in a room. From now on nobody else gets its name.
 * @throws Refusal `conflict` if an API client declares a name that another member holds
 */
export async function takeSeat(chat: Pick<Chat, 'roster'>, room: Slug, member: Member): Promise<Seat> {
  if (member.declaredName === undefined) return takePreferredSeat(chat, room, member)
  const seat = await chat.roster.takeName(room, member, member.declaredName)
  if (seat) return seat
  throw await nameTakenRefusal(chat, room, member.declaredName)
}

async function takePreferredSeat(
  { roster }: Pick<Chat, 'roster'>,
  room: Slug,
  member: Member,
): Promise<Seat> {
  const seat = await roster.takeSeat(room, member)
  const preferred = member.hasFixedName && member.preferredNames?.get(room)
  if (preferred === undefined || seat.name === preferred) return seat
  return (await roster.takeName(room, member, preferred)) ?? seat
}
