import type { Chat } from '../chat.ts'
import type { Seat } from '../member.ts'
import { type Name, parseName } from '../names/name.ts'
import type { Spender } from '../rate-limit.ts'
import { Refusal } from '../refusal.ts'
import type { Slug } from '../room.ts'
import { spend } from './within-limit.ts'

/** So many free names are offered instead of one that is taken. */
const OFFERS = 3

/**
 * Gives a member another name in a room.
 * @throws Refusal `too-many`; `invalid` for what can't be a name; `conflict` with free ones for what somebody else holds, or what
 * looks like it
 */
export async function takeName(chat: Chat, who: Spender, room: Slug, input: unknown): Promise<Seat> {
  return spend(chat.limits, 'name', who, async () => {
    const name = parseName(input)
    const seat = await chat.roster.claim(room, who.member, name)
    if (seat) return seat
    throw await taken(chat, room, name)
  })
}

/** The refusal of a name that somebody else holds, with some that nobody does. */
export async function taken({ roster }: Pick<Chat, 'roster'>, room: Slug, name: Name): Promise<Refusal> {
  const offers = (await roster.free(room, namesLike(name))).slice(0, OFFERS)
  return new Refusal('conflict', `“${name}” is taken here, or looks like a name that is.`, undefined, offers)
}

/** Names that are nearly this one. */
export function namesLike(name: Name): Name[] {
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
