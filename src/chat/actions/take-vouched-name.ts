import type { Chat } from '../chat.ts'
import type { Member } from '../member.ts'
import type { Name } from '../names/name.ts'
import type { Slug } from '../room.ts'
import { similarNames } from './take-name.ts'

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
  const seat = await roster.takeName(room, member, name)
  const [like] = seat ? [] : await roster.findFreeNames(room, similarNames(name))
  const taken = seat?.name ?? (like && (await roster.takeName(room, member, like))?.name) ?? name
  return { ...member, preferredNames: new Map([[room, taken]]) }
}
