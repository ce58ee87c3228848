import type { Chat } from '../chat.ts'
import type { Member } from '../member.ts'
import type { Name } from '../names/name.ts'
import type { Slug } from '../room.ts'
import { similarNames } from './take-name.ts'

/**
 * Gives a member the name that somebody vouches for, or a similar one if another member holds that name.
 * @returns the member, with the name that it got as the preferred one
 */
export async function takeVouchedName(
  { roster }: Pick<Chat, 'roster'>,
  room: Slug,
  member: Member,
  name: Name,
): Promise<Member> {
  const seat = await roster.takeName(room, member, name)
  const [similar] = seat ? [] : await roster.findFreeNames(room, similarNames(name))
  const taken = seat?.name ?? (similar && (await roster.takeName(room, member, similar))?.name) ?? name
  return { ...member, preferredNames: new Map([[room, taken]]) }
}
