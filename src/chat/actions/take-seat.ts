import type { Chat } from '../chat.ts'
import type { Member, Seat } from '../member.ts'
import type { Slug } from '../room.ts'
import { taken } from './take-name.ts'

/**
 * The seat of somebody who does something in a room: from now on nobody else has its name.
 * @throws Refusal `conflict` when a program says that it is called as somebody else is
 */
export async function takeSeat(chat: Pick<Chat, 'roster'>, room: Slug, member: Member): Promise<Seat> {
  if (member.named === undefined) return wished(chat, room, member)
  const seat = await chat.roster.claim(room, member, member.named)
  if (seat) return seat
  throw await taken(chat, room, member.named)
}

async function wished({ roster }: Pick<Chat, 'roster'>, room: Slug, member: Member): Promise<Seat> {
  const seat = await roster.take(room, member)
  const wish = member.constant && member.wishes?.get(room)
  if (wish === undefined || seat.name === wish) return seat
  return (await roster.claim(room, member, wish)) ?? seat
}
