import type { Chat } from '../chat.ts'
import type { Seat } from '../member.ts'
import { type Name, parseName } from '../names/name.ts'
import type { Caller } from '../rate-limit.ts'
import { Refusal } from '../refusal.ts'
import type { Slug } from '../room.ts'
import { withinLimit } from './within-limit.ts'

/** So many free names are offered instead of one that is taken. */
const OFFERED_NAMES_MAX = 3

/**
 * Gives a member another name in a room.
 * @throws Refusal `too-many`; `invalid` for what can't be a name; `conflict` with free ones for what somebody else holds, or what
 * looks like it
 */
export async function takeName(chat: Chat, who: Caller, room: Slug, input: unknown): Promise<Seat> {
  return withinLimit(chat.limits, 'name', who, async () => {
    const name = parseName(input)
    const seat = await chat.roster.takeName(room, who.member, name)
    if (seat) return seat
    throw await nameTakenRefusal(chat, room, name)
  })
}

/** The refusal of a name that somebody else holds, with some that nobody does. */
export async function nameTakenRefusal(
  { roster }: Pick<Chat, 'roster'>,
  room: Slug,
  name: Name,
): Promise<Refusal> {
  const offers = (await roster.findFreeNames(room, similarNames(name))).slice(0, OFFERED_NAMES_MAX)
  return new Refusal('conflict', `“${name}” is taken here, or looks like a name that is.`, undefined, offers)
}

/** Names that are nearly this one. */
export function similarNames(name: Name): Name[] {
  return ['2', '3', '4', '5', '6', '7', '8', '9', 'II', 'the Other'].flatMap((ending) => {
    try {
      return [parseName(`${name} ${ending}`)]
    } catch (error) {
      // It can be too long already for anything more.
      if (error instanceof Refusal) return []
      throw error
    }
  })
}
