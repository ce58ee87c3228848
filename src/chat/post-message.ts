import { authorIn } from './author.ts'
import type { Chat } from './chat.ts'
import type { RoomEvent } from './event.ts'
import type { Member } from './member.ts'
import type { Draft } from './message.ts'
import { Refusal } from './refusal.ts'
import type { Slug } from './room.ts'

/**
 * Accepts a draft into a vanishing room: it gets its id, and goes to everybody's feed, the author's too.
 * @throws Refusal `invalid` for a key that stood for another text, `busy` when the room can't keep up
 */
export async function postMessage(chat: Chat, member: Member, room: Slug, draft: Draft): Promise<RoomEvent> {
  // The feed listens before the message exists: a page that was just given out finds it in the window.
  const feed = await chat.hub.feed(room)
  if (feed.overloaded)
    throw new Refusal('busy', 'This room is busier than it can bear. Try again in a moment.', 1)
  return chat.bus.post(room, member, await authorIn(chat, room, member), draft)
}
