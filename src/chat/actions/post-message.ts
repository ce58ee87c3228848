import type { Chat } from '../chat.ts'
import type { Posted } from '../event.ts'
import { findRoom } from '../find-room.ts'
import type { Caller } from '../limits/rate-limit.ts'
import type { Draft } from '../message.ts'
import { Refusal } from '../refusal.ts'
import type { Slug } from '../room.ts'
import { resolveAuthor } from './resolve-author.ts'
import { withinLimit } from './within-limit.ts'

/**
 * Accepts a draft: numbers it, stores it if the room is a kept one, and publishes it to all readers, including the
 * author. A repeat with the key of an accepted message costs as much as the first post. If the limit refuses it, a
 * later repeat still returns the first message.
 * @param parse makes the draft; a refusal as invalid costs nothing
 * @throws Refusal `gone` in a deleted room; `too-many`; `invalid` for a key that was used for another text; `busy` if
 * the room can't keep up
 */
export async function postMessage(
  chat: Chat,
  caller: Caller,
  room: Slug,
  parse: () => Draft,
): Promise<Posted> {
  return withinLimit(chat.limits, 'post', caller, async () => {
    const draft = parse()
    // The feed listens before the message exists, so a page that was just served finds it in the replay window.
    const feed = await chat.hub.feed(room)
    if (feed.overloaded)
      throw new Refusal('busy', 'This room is too busy just now. Try again in a moment.', 1)
    const [author, kept] = await Promise.all([
      resolveAuthor(chat, room, caller.member),
      findRoom(chat.store, room),
    ])
    if (kept) return chat.store.append(room, caller.member, author, draft)
    return chat.bus.post(room, caller.member, author, draft)
  })
}
