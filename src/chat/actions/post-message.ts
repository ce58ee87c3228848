import type { Chat } from '../chat.ts'
import type { Posted } from '../event.ts'
import { findRoom } from '../find-room.ts'
import type { Draft } from '../message.ts'
import type { Caller } from '../rate-limit.ts'
import { Refusal } from '../refusal.ts'
import type { Slug } from '../room.ts'
import { resolveAuthor } from './resolve-author.ts'
import { withinLimit } from './within-limit.ts'

/**
 * Accepts a draft: it gets its id, is stored if the room is a kept one, and goes to everybody's feed, the author's too.
 * A repeat with the key of an accepted message costs as much as the first: it takes one more from the limit, and where
 * that refuses it, a later repeat is still answered with the first message.
 * @param parse makes the draft; what it refuses as invalid costs nothing
 * @throws Refusal `gone` in a room that was deleted; `too-many`; `invalid` for a key that stood for another text; `busy` when the room can't keep up
 */
export async function postMessage(chat: Chat, who: Caller, room: Slug, parse: () => Draft): Promise<Posted> {
  return withinLimit(chat.limits, 'post', who, async () => {
    const draft = parse()
    // The feed listens before the message exists: a page that was just given out finds it in the window.
    const feed = await chat.hub.feed(room)
    if (feed.overloaded)
      throw new Refusal('busy', 'This room is too busy just now. Try again in a moment.', 1)
    const [author, kept] = await Promise.all([
      resolveAuthor(chat, room, who.member),
      findRoom(chat.store, room),
    ])
    if (kept) return chat.store.append(room, who.member, author, draft)
    return chat.bus.post(room, who.member, author, draft)
  })
}
