import type { Chat } from '../chat.ts'
import type { Caller } from '../limits/rate-limit.ts'
import type { Seat } from '../member.ts'
import { type Name, parseName } from '../names/name.ts'
import { Refusal } from '../refusal.ts'
import type { Slug } from '../room.ts'
import { withinLimit } from './within-limit.ts'

/** The most free names that are offered in place of a taken one. */
const OFFERED_NAMES_MAX = 3

/**
 * Changes a member's name in a room.
 * @throws Refusal `too-many`; `invalid` for a text that can't be a name; `conflict`, with free names as offers, if
 * another member holds the name or a lookalike
 */
export async function takeName(chat: Chat, caller: Caller, room: Slug, input: unknown): Promise<Seat> {
  return withinLimit(chat.limits, 'name', caller, async () => {
    const name = parseName(input)
    const seat = await chat.roster.takeName(room, caller.member, name)
    if (seat) return seat
    throw await nameTakenRefusal(chat, room, name)
  })
}

/** The refusal of a name that another member holds, with free names as offers. */
export async function nameTakenRefusal(
  { roster }: Pick<Chat, 'roster'>,
  room: Slug,
  name: Name,
): Promise<Refusal> {
  const offers = (await roster.findFreeNames(room, similarNames(name))).slice(0, OFFERED_NAMES_MAX)
  return new Refusal('conflict', `“${name}” is taken here, or looks like a name that is.`, undefined, offers)
}

/** Names that differ from this one by an ending. */
export function similarNames(name: Name): Name[] {
  return ['2', '3', '4', '5', '6', '7', '8', '9', 'II', 'the Other'].flatMap((ending) => {
    try {
      return [parseName(`${name} ${ending}`)]
    } catch (error) {
      // The name may already be too long for an ending.
      if (error instanceof Refusal) return []
      throw error
    }
  })
}
