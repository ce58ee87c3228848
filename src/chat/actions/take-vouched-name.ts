import type { Chat } from '../chat.ts'
import type { Member } from '../member.ts'
import type { Name } from '../names/name.ts'
import type { Slug } from '../room.ts'
import { namesLike } from './take-name.ts'

/**
 * Gives a member the name that somebody answers for; where another has it, one that is nearly it.
 * @returns the member, who wishes for that from now on
 */
export async function takeVouchedName(
  { roster }: Pick<Chat, 'roster'>,
  room: Slug,
  member: Member,
  name: Name,
): Promise<Member> {
  const seat = await roster.claim(room, member, name)
  const [like] = seat ? [] : await roster.free(room, namesLike(name))
  const taken = seat?.name ?? (like && (await roster.claim(room, member, like))?.name) ?? name
  return { ...member, wishes: new Map([[room, taken]]) }
}
