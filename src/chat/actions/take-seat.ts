import type { Chat } from '../chat.ts'
import type { Member, Seat } from '../member.ts'
import type { Slug } from '../room.ts'
import { nameTakenRefusal } from './take-name.ts'

/**
 * The seat of somebody who does something in a room: from now on nobody else has its name.
 * @throws Refusal `conflict` when a program says that it is called as somebody else is
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
  const wish = member.hasFixedName && member.preferredNames?.get(room)
  if (wish === undefined || seat.name === wish) return seat
  return (await roster.takeName(room, member, wish)) ?? seat
}
